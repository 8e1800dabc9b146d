"""Nabla from Python, by its interface for C: Newton's method with a derivative that nobody wrote."""
import ctypes
import os

lib = ctypes.CDLL(os.environ.get("NABLA_LIBRARY", "libnabla.so.0.1"))
Pointer, Text = ctypes.c_void_p, ctypes.c_char_p
for name, result, arguments in [
    ("c_api", ctypes.c_int, []),
    ("open", Pointer, []),
    ("close", None, [Pointer]),
    ("run", Pointer, [Pointer, Text]),
    ("generate", Pointer, [Text, Text, ctypes.POINTER(Text)]),
    ("code", ctypes.c_int, [Pointer]),
    ("text", Text, [Pointer]),
    ("message", Text, [Pointer]),
    ("help", Text, [Pointer]),
    ("conditions", Text, [Pointer]),
    ("free", None, [Pointer]),
]:
    function = getattr(lib, "nabla_" + name)
    function.restype, function.argtypes = result, arguments
assert lib.nabla_c_api() >= 2


class Error(Exception):
    def __init__(self, code, message, help):
        super().__init__(f"NB{code:04}: {message}")
        self.code, self.message, self.help = code, message, help


def answer(result):
    """The text of a result and its conditions; the result is freed."""
    try:
        if code := lib.nabla_code(result):
            raise Error(code, lib.nabla_message(result).decode(), lib.nabla_help(result).decode())
        return lib.nabla_text(result).decode(), lib.nabla_conditions(result).decode()
    finally:
        lib.nabla_free(result)


class Context:
    def __init__(self):
        self.pointer = lib.nabla_open()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        lib.nabla_close(self.pointer)

    def run(self, statements):
        return answer(lib.nabla_run(self.pointer, statements.encode()))


def generate(name, text, **options):
    words = [word.encode() for pair in options.items() for word in pair]
    return answer(lib.nabla_generate(name.encode(), text.encode(), (Text * (len(words) + 1))(*words)))[0]


if __name__ == "__main__":
    with Context() as nabla:
        nabla.run("var x; f(x) = x^3 - 2*x - 5")  # the equation on which Wallis tried Newton's method
        derivative = nabla.run("diff(f(x), x)")[0]
        print(derivative)
        x = 2.0
        for _ in range(6):
            x -= (x**3 - 2 * x - 5) / eval(derivative.replace("^", "**"), {"x": x})
        print(f"root = {x:.12f}, known 2.094551481542")
        print("%s where %s" % nabla.run("diff(abs(x), x)"))
        try:
            nabla.run("diff(sn(x), x)")
        except Error as error:
            print(error, "-", error.help)
    header = generate("f.nabla", "var x\nf(x) = x^2\nderive f : value, grad\n", lang="c", scalar="float")
    print(next(line for line in header.splitlines() if "f_grad(" in line and "void" in line))
