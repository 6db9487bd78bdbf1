/** The real product of matrices in the C interface to BLAS. */
export const GEMM = 'void cblas_dgemm(int order, int turnA, int turnB, int m, int n, int k, double alpha, const double* a, int strideA, '
  + 'const double* b, int strideB, double beta, double* out, int strideOut)'

// Its letters.
export const ROW_MAJOR = 101
export const AS_IT_IS = 111
export const TRANSPOSED = 112
export const ADJOINT = 113
export const LOWER = 122
