/* Nabla from C: strings in, strings out. */
#include <nabla/nabla.h>
#include <stdio.h>

int main(void) {
  nabla_context* c = nabla_open();
  nabla_result* r = nabla_run(c, "var x; diff(abs(x), x)");
  const int code = nabla_code(r);
  if (code == 0)
    printf("%s where %s\n", nabla_text(r), nabla_conditions(r));
  else
    fprintf(stderr, "%s\n", nabla_text(r));
  nabla_free(r);
  nabla_close(c);
  return code;
}
