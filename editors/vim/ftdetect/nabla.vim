autocmd BufNewFile,BufRead *.nabla setfiletype nabla
