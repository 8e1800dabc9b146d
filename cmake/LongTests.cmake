# Read by ctest: tests that take a minute run first, so that no processor waits for one at the end.
foreach(name "code for whole arrays: Eigen, first compiler" "code for whole arrays: Eigen, other compilers"
             "derivatives of random matrix formulas agree with dual numbers")
  set_tests_properties("${name}" PROPERTIES COST 100)
endforeach()
