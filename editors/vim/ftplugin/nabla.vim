" Nabla: comments, and errors of `nabla check` in the quickfix list by :make.
if exists('b:did_ftplugin')
  finish
endif
let b:did_ftplugin = 1

setlocal commentstring=#\ %s
setlocal comments=:#
setlocal makeprg=nabla\ check\ %:S
setlocal errorformat=%f:%l:%c:\ %trror:\ %m,%-G%.%#
let b:undo_ftplugin = 'setlocal commentstring< comments< makeprg< errorformat<'
