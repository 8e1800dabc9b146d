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
 * Strings are UTF-8 and end with a zero. What a function returns belongs to the caller until nabla_free or
 * nabla_close; a string of a result lives as long as the result. A null pointer is returned only where the
 * machine refuses memory, and is understood by every function that takes a result: it has the code 613. All
 * that belongs to one context is for one thread at a time.
 *
 * These declarations only grow: what is here keeps its meaning, and NABLA_C_API counts the additions. */
#ifndef NABLA_NABLA_H
#define NABLA_NABLA_H

#include <stddef.h>

#define NABLA_C_API 1

#ifdef __cplusplus
extern "C" {
#endif

typedef struct nabla_context nabla_context; /* names, as a session of statements knows them */
typedef struct nabla_result nabla_result;   /* a text, or an error */

int nabla_c_api(void);           /* NABLA_C_API of the library */
const char* nabla_version(void); /* "0.1.0" */

nabla_context* nabla_open(void);
void nabla_close(nabla_context* context);

/* Runs statements of the language, up to the first that fails. The text is that of the last answer. */
nabla_result* nabla_run(nabla_context* context, const char* statements);
nabla_result* nabla_run_latex(nabla_context* context, const char* statements); /* the same in LaTeX */

/* The header for the text of a model, as `nabla gen` writes it. `name` is that of the file, and where its
 * imports are looked for. `options` are pairs of names and values that end with a null pointer, or null:
 * lang, scalar, storage, namespace, functions, derive, as in docs/cli.md. */
nabla_result* nabla_generate(const char* name, const char* text, const char* const* options);

int nabla_code(const nabla_result* result);               /* 0, or the number of the error: 201 is NB0201 */
const char* nabla_text(const nabla_result* result);       /* the answer, the header, or what went wrong */
const char* nabla_conditions(const nabla_result* result); /* where the answer holds: "x != 0, y > 0" */
size_t nabla_line(const nabla_result* result);            /* of the error, from 1; 0: it has no place */
size_t nabla_column(const nabla_result* result);
void nabla_free(nabla_result* result);

#ifdef __cplusplus
}
#endif

#endif
