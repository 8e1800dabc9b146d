/* Nabla for C and for bindings of other languages: strings in, strings out, errors as values. Link
 * Nabla::core, or what `pkg-config --libs nabla` says.
 *
 *   nabla_context* c = nabla_open();
 *   nabla_result* r = nabla_run(c, "var x; diff(x^3, x)");
 *   if (nabla_code(r) == 0) puts(nabla_text(r));             // 3*x^2
 *   else fprintf(stderr, "%s\n", nabla_text(r));
 *   nabla_free(r);
 *   nabla_close(c);
 *
 * Ownership. A result belongs to the caller until nabla_free, a context until nabla_close; they do not need
 * one another, and may go in any order. A string of a result lives as long as the result. What is handed over
 * is copied. Strings are UTF-8 and end with a zero; none that is returned is null.
 *
 * Errors. Nothing is thrown, printed or ended. Every result has a code; where it is not 0 the text is the
 * error as `nabla` shows it, with its place, the line and the help: "m.nabla:2:8: error: unknown name 'y'
 * [NB0201]", and so on. A function that makes a result returns null where the machine refuses memory; a null
 * result has the code 613. A null pointer in the place of a text or a context is an error with the code 213.
 *
 * Threads. A context is for one thread at a time, and so is a result while it is freed; only nabla_cancel may
 * be called beside. Distinct contexts are independent, and nabla_generate needs none: call it where you like.
 *
 * Stability. These declarations only grow: a program compiled for one NABLA_C_API runs with every later
 * library, whose nabla_c_api() is that or more. Codes keep their meaning; the words of messages, and the form
 * in which an answer is written, may change. Types are opaque, so that their sizes are nobody's business. */
#ifndef NABLA_NABLA_H
#define NABLA_NABLA_H

#include <stddef.h>

#define NABLA_C_API 2

#ifdef __GNUC__
#pragma GCC visibility push(default) /* what libnabla.so shows */
#endif
#ifdef __cplusplus
extern "C" {
#endif

typedef struct nabla_context nabla_context; /* names, as a session of statements knows them */
typedef struct nabla_result nabla_result;   /* a text, or an error */

int nabla_c_api(void);           /* NABLA_C_API of the library that runs */
const char* nabla_version(void); /* "0.1.0"; lives as long as the library */

nabla_context* nabla_open(void);
void nabla_close(nabla_context* context);

/* From another thread or a signal handler: ends what the context runs, or will run next, with the code 604.
 * The context stays usable. */
void nabla_cancel(nabla_context* context); /* since 2 */

/* Runs statements of the language (docs/language.md), up to the first that fails; what stood before it
 * counts. The text is that of the last answer, and empty where there is none, as after a declaration. */
nabla_result* nabla_run(nabla_context* context, const char* statements);
nabla_result* nabla_run_latex(nabla_context* context, const char* statements); /* the same in LaTeX */

/* The header for the text of a model, as `nabla gen` writes it. `name` is that of the file,
 * "models/arm.nabla": it names the code, stands in errors, and says where imports are looked for; nothing is
 * written. `options` are pairs of names and values that end with a null pointer, or null: lang, scalar,
 * storage, namespace, functions, derive, as in docs/cli.md. */
nabla_result* nabla_generate(const char* name, const char* text, const char* const* options);

int nabla_code(const nabla_result* result);               /* 0, or the number of the error: 201 is NB0201 */
const char* nabla_text(const nabla_result* result);       /* the answer, the header, or what went wrong */
const char* nabla_conditions(const nabla_result* result); /* where the answer holds: "x != 0, y > 0" */
size_t nabla_line(const nabla_result* result);            /* of the error, from 1; 0: it has no place */
size_t nabla_column(const nabla_result* result);          /* in characters, from 1 */
const char* nabla_message(const nabla_result* result); /* since 2: the error in one line, without its place */
const char* nabla_help(const nabla_result* result);    /* since 2: what to do about it; may be empty */
void nabla_free(nabla_result* result);

#ifdef __cplusplus
}
#endif
#ifdef __GNUC__
#pragma GCC visibility pop
#endif

#endif
