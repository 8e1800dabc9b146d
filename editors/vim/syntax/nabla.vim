" Vim syntax: Nabla, formulas and their derivatives
if exists('b:current_syntax')
  finish
endif

syntax case match
syntax iskeyword @,48-57,_,192-255

syntax match   nablaNumber    /\<\d\+\(\.\d\+\)\?\([eE][+-]\?\d\+\)\?/
syntax match   nablaOperator  /[-+*\/\\^=<>!·×⊙⊗≤≥≠∈∧∨¬ᵀᴴ]\|\.[-+*\/^]/
syntax match   nablaComment   /#.*$/ contains=nablaTodo,@Spell
syntax region  nablaComment   start=+/\*+ end=+\*/+ contains=nablaTodo,@Spell
syntax keyword nablaTodo      contained NOTE XXX
syntax region  nablaString    start=/"/ end=/"/ oneline
syntax match   nablaStatement /\(^\|;\)\s*\zs\(dim\|param\|var\|const\|fun\|import\|derive\|assert\)\>/

syntax keyword nablaReserved for in if then else and or not where wrt let
syntax keyword nablaType scalar vector row matrix tensor
syntax keyword nablaProperty symmetric skew diagonal lower upper spd psd orthogonal toeplitz
      \ symtoeplitz integer complex
syntax keyword nablaConstant pi im true false
syntax keyword nablaFunction Ci Ei Si abs acos acosh acot acoth acsc acsch adj apart argmax asec
      \ asech asin asinh atan atan2 atanh beta blockdiag cancel cbrt ceil chol collect commut
      \ conj cos cosh cosm cot coth cross csc csch ctranspose cumsum curl delta det diag diff
      \ differential digamma div dot eigmax eigmin eigval eigvals eigvec eigvecs elu equal erf
      \ erfc erfi eval exp expand expm expm1 exptotrig eye factor factorial floor frechet gamma
      \ gelu grad hadamard hcat hess hvp hypot imag inv jac jvp kron laplacian leaky_relu lgamma
      \ li limit log log10 log1p log2 log_softmax logaddexp logcombine logdet logexpand logit
      \ logm logs logsumexp max mean min mod norm norm1 norm2 normF norminf normnuc ones pinv
      \ polar polygamma pow powcombine powers powexpand prod radicals real relu round sec sech
      \ sigmoid sign silu simplify sin sinc single singval sinh sinm skew softmax softplus solve
      \ sqrt sqrtm stable step subs sum svdu svdv sylvester sym tan tanh taylor toeplitz toepsum
      \ together tr transpose trig trigamma trigexpand trigreduce trigtoexp tril triu unit unvec
      \ vcat vec vjp zeros

highlight default link nablaNumber    Number
highlight default link nablaOperator  Operator
highlight default link nablaComment   Comment
highlight default link nablaTodo      Todo
highlight default link nablaString    String
highlight default link nablaStatement Statement
highlight default link nablaReserved  Keyword
highlight default link nablaType      Type
highlight default link nablaProperty  StorageClass
highlight default link nablaConstant  Constant
highlight default link nablaFunction  Function

let b:current_syntax = 'nabla'
