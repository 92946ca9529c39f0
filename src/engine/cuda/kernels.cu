// The CUDA kernels of mmx. `npm run build:ptx` compiles them to kernels.ptx, which is committed: a user needs a
// driver and cuBLAS, no compiler. Every kernel runs on one stream and draws no atomics, so results are the same bits
// run after run. Matrices are row-major, counts are below 2^31, and every element has four bytes: float, int, or a
// bool kept as the int 0 or 1.
//
// A `late` pointer is a number that changes between replays of a recorded step (engine/changing.ts): when it is not
// null, the double it points to takes the place of the argument before it.

#define KERNEL extern "C" __global__ void

// A loop of the whole grid over 0 … n - 1; not unrolled, for short code that the driver compiles fast.
#define EACH(i, n) _Pragma("unroll 1") EACH_UNROLLED(i, n)
#define EACH_UNROLLED(i, n)                                                                                           \
  for (int i = (int)(blockIdx.x * blockDim.x + threadIdx.x), step_##i = (int)(gridDim.x * blockDim.x); i < (n);      \
       i += step_##i)

static __device__ __forceinline__ float changing(float value, const double *late) {
  return late ? (float)*late : value;
}

// ---- Elementwise ----------------------------------------------------------------------------------------------------

KERNEL mmx_fill(int *out, int n, int bits) {
  EACH_UNROLLED(i, n) out[i] = bits;
}

static __device__ __forceinline__ float sigmoid(float x) {
  return 1.0f / (1.0f + expf(-x));
}

// NaN passes through every comparison: a diverged run must show.
static __device__ __forceinline__ float larger(float a, float b) {
  return a > b || a != a ? a : b;
}

static __device__ __forceinline__ float smaller(float a, float b) {
  return a < b || a != a ? a : b;
}

// The numbers of the operations are their places in `unaryOperations` of elementwise.ts.
KERNEL mmx_unary(int operation, const float *x, float *out, int n, float low, float high) {
  EACH(i, n) {
    float v = x[i];
    float y;
    switch (operation) {
      case 0: y = expf(v); break;
      case 1: y = logf(v); break;
      case 2: y = log1pf(v); break;
      case 3: y = sqrtf(v); break;
      case 4: y = v * v; break;
      case 5: y = -v; break;
      case 6: y = fabsf(v); break;
      case 7: y = v < 0.0f ? 0.0f : v; break;
      case 8: y = sigmoid(v); break;
      case 9: y = v > 0.0f ? v + log1pf(expf(-v)) : log1pf(expf(v)); break;
      case 10: y = tanhf(v); break;
      case 11: y = 1.0f / v; break;
      case 12: y = v < low ? low : v > high ? high : v; break;
      case 13: y = 1.0f / sqrtf(v); break;
      case 14: y = expm1f(v); break;
      case 15: y = floorf(v); break;
      default: y = v > 0.0f ? 1.0f : v < 0.0f ? -1.0f : v; break;
    }
    out[i] = y;
  }
}

// How a kernel reads an operand at the output's index: 0 as it lies, 1 a constant, 2 repeated (a row), 3 stretched (a
// column).
static __device__ __forceinline__ float operand(const float *p, float constant, int mode, int period, int i) {
  return mode == 0 ? p[i] : mode == 1 ? constant : mode == 2 ? p[i % period] : p[i / period];
}

KERNEL mmx_binary(int operation, const float *a, float constant_a, int mode_a, int period_a, const float *b,
                  float constant_b, int mode_b, int period_b, float *out, int n) {
  EACH(i, n) {
    float x = operand(a, constant_a, mode_a, period_a, i);
    float y = operand(b, constant_b, mode_b, period_b, i);
    float z;
    switch (operation) {
      case 0: z = x + y; break;
      case 1: z = x - y; break;
      case 2: z = x * y; break;
      case 3: z = x / y; break;
      case 4: z = larger(x, y); break;
      case 5: z = smaller(x, y); break;
      case 6: z = (x - y) * (x - y); break;
      default: z = powf(x, y); break;
    }
    out[i] = z;
  }
}

KERNEL mmx_compare(int operation, const float *a, float constant_a, int mode_a, int period_a, const float *b,
                   float constant_b, int mode_b, int period_b, int *out, int n) {
  EACH(i, n) {
    float x = operand(a, constant_a, mode_a, period_a, i);
    float y = operand(b, constant_b, mode_b, period_b, i);
    bool holds;
    switch (operation) {
      case 0: holds = x < y; break;
      case 1: holds = x <= y; break;
      case 2: holds = x > y; break;
      case 3: holds = x >= y; break;
      case 4: holds = x == y; break;
      case 5: holds = x != y; break;
      case 6: holds = x != 0.0f && y != 0.0f; break;
      default: holds = x != 0.0f || y != 0.0f; break;
    }
    out[i] = holds ? 1 : 0;
  }
}

KERNEL mmx_select(const int *condition, const int *a, const int *b, int *out, int n) {
  EACH(i, n) out[i] = condition[i] ? a[i] : b[i];
}

KERNEL mmx_float_to_int(const float *x, int *out, int n) {
  EACH(i, n) out[i] = (int)x[i];
}

KERNEL mmx_float_to_bool(const float *x, int *out, int n) {
  EACH(i, n) out[i] = x[i] != 0.0f ? 1 : 0;
}

KERNEL mmx_int_to_bool(const int *x, int *out, int n) {
  EACH(i, n) out[i] = x[i] != 0 ? 1 : 0;
}

KERNEL mmx_int_to_float(const int *x, float *out, int n) {
  EACH(i, n) out[i] = (float)x[i];
}

// upstream y (1 - y)
KERNEL mmx_sigmoid_backward(const float *upstream, const float *y, float *out, int n) {
  EACH_UNROLLED(i, n) out[i] = upstream[i] * (y[i] * (1.0f - y[i]));
}

KERNEL mmx_scaled_difference(const float *a, const float *b, float *out, int n, float scale) {
  EACH_UNROLLED(i, n) out[i] = scale * (a[i] - b[i]);
}

// x = activation(x + bias) in place; the bias is null, one row (period = columns) or a whole matrix (period = n).
KERNEL mmx_bias_activation(float *x, const float *bias, int period, int n, int is_sigmoid) {
  EACH(i, n) {
    float y = x[i];
    if (bias) y += period == n ? bias[i] : bias[i % period];
    x[i] = is_sigmoid ? sigmoid(y) : y;
  }
}

// v = [v0; v1] and h = [h0; -h1], the operands of both phases' statistics in one product.
KERNEL mmx_stack_phases(const float *v0, const float *v1, float *v, int visible, const float *h0, const float *h1,
                        float *h, int hidden) {
  EACH(i, 2 * (visible + hidden)) {
    if (i < 2 * visible) {
      v[i] = i < visible ? v0[i] : v1[i - visible];
    } else {
      int j = i - 2 * visible;
      h[j] = j < hidden ? h0[j] : -h1[j - hidden];
    }
  }
}

// ---- Movement -------------------------------------------------------------------------------------------------------

// out[offset_out + Σ c_k strides_out_k] = in[offset_in + Σ c_k strides_in_k] for every coordinate c below the sizes: a
// slice, a concatenation, a transpose and a broadcast are all this.
KERNEL mmx_copy(const int *in, int *out, int n, int offset_in, int offset_out, int size1, int size2, int size3,
                int size4, int in0, int in1, int in2, int in3, int in4, int out0, int out1, int out2, int out3,
                int out4) {
  EACH(i, n) {
    int rest = i;
    int c4 = rest % size4;
    rest /= size4;
    int c3 = rest % size3;
    rest /= size3;
    int c2 = rest % size2;
    rest /= size2;
    int c1 = rest % size1;
    int c0 = rest / size1;
    out[offset_out + c0 * out0 + c1 * out1 + c2 * out2 + c3 * out3 + c4 * out4] =
        in[offset_in + c0 * in0 + c1 * in1 + c2 * in2 + c3 * in3 + c4 * in4];
  }
}

// out [outer, count, inner] of x [outer, length, inner]; an index that does not exist gives NaN.
KERNEL mmx_gather(const int *x, const int *indices, int *out, int n, int length, int count, int inner) {
  EACH(i, n) {
    int column = i % inner;
    int index = indices[i / inner % count];
    int o = i / inner / count;
    out[i] = index >= 0 && index < length ? x[(o * (long long)length + index) * inner + column] : 0x7fc00000;
  }
}

// Rows order[start] … order[start + batch - 1] of x; those whose `shown` is 0 are zero.
KERNEL mmx_minibatch(const float *x, const int *order, const int *shown, float *out, int n, int columns, int start,
                     const double *late_start) {
  int first = late_start ? (int)*late_start : start;
  EACH(i, n) {
    int position = i / columns;
    bool is_shown = !shown || shown[position];
    out[i] = is_shown ? x[order[first + position] * (long long)columns + i % columns] : 0.0f;
  }
}

KERNEL mmx_one_hot(const int *indices, float *out, int n, int depth, float on, float off) {
  EACH(i, n) out[i] = indices[i / depth] == i % depth ? on : off;
}

KERNEL mmx_arg_max(const float *x, int *out, int rows, int length) {
  EACH(i, rows) {
    int best = 0;
    for (int j = 1; j < length; j++) {
      if (x[i * (long long)length + j] > x[i * (long long)length + best]) best = j;
    }
    out[i] = best;
  }
}

// ---- Reductions -----------------------------------------------------------------------------------------------------

static __device__ __forceinline__ float identity_of(int operation) {
  return operation == 0 ? 0.0f : operation == 1 ? -INFINITY : INFINITY;
}

// 0 sum, 1 max, 2 min
static __device__ __forceinline__ float combine(int operation, float a, float b) {
  return operation == 0 ? a + b : operation == 1 ? larger(a, b) : smaller(a, b);
}

// 0 a, 1 a - b, 2 (a - b)^2
static __device__ __forceinline__ float mapped(int map, const float *a, const float *b, long long i) {
  if (map == 0) return a[i];
  float d = a[i] - b[i];
  return map == 1 ? d : d * d;
}

// x [outer, length, inner] to out [outer, chunks, inner]: each chunk of the middle reduced, times scale. Blocks of
// 32 columns by 8.
KERNEL mmx_reduce_columns(const float *a, const float *b, float *out, int slices, int length, int inner, int chunks,
                          int chunk, int operation, int map, float scale) {
  __shared__ float partial[8][33];
  int column = (int)(blockIdx.x * 32 + threadIdx.x);
  int lane = (int)threadIdx.x;
  int row = (int)threadIdx.y;
  for (int slice = (int)blockIdx.y; slice < slices; slice += (int)gridDim.y) {
    int o = slice / chunks;
    int from = slice % chunks * chunk;
    int to = from + chunk < length ? from + chunk : length;
    float sum = identity_of(operation);
    if (column < inner) {
#pragma unroll 4
      for (int r = from + row; r < to; r += 8) {
        sum = combine(operation, sum, mapped(map, a, b, (o * (long long)length + r) * inner + column));
      }
    }
    partial[row][lane] = sum;
    __syncthreads();
    if (row == 0 && column < inner) {
      for (int r = 1; r < 8; r++) sum = combine(operation, sum, partial[r][lane]);
      out[slice * (long long)inner + column] = sum * scale;
    }
    __syncthreads();
  }
}

// The same for inner = 1: blocks of 256 along the row.
KERNEL mmx_reduce_rows(const float *a, const float *b, float *out, int slices, int length, int chunks, int chunk,
                       int operation, int map, float scale) {
  __shared__ float partial[256];
  int lane = (int)threadIdx.x;
  for (int slice = (int)blockIdx.x; slice < slices; slice += (int)gridDim.x) {
    long long base = slice / chunks * (long long)length;
    int from = slice % chunks * chunk;
    int to = from + chunk < length ? from + chunk : length;
    float sum = identity_of(operation);
#pragma unroll 4
    for (int r = from + lane; r < to; r += 256) sum = combine(operation, sum, mapped(map, a, b, base + r));
    partial[lane] = sum;
    __syncthreads();
    for (int half = 128; half > 0; half >>= 1) {
      if (lane < half) partial[lane] = combine(operation, partial[lane], partial[lane + half]);
      __syncthreads();
    }
    if (lane == 0) out[slice] = partial[0] * scale;
    __syncthreads();
  }
}

// ---- Updates --------------------------------------------------------------------------------------------------------

KERNEL mmx_momentum(float *w, float *v, const float *g, int n, float momentum, const double *late_momentum,
                    float ascent, const double *late_ascent, float decay, const double *late_decay) {
  float m = changing(momentum, late_momentum);
  float r = changing(ascent, late_ascent);
  float d = changing(decay, late_decay);
  EACH_UNROLLED(i, n) {
    float weight = w[i];
    float moved = m * v[i] + r * g[i] - d * weight;
    v[i] = moved;
    w[i] = weight + moved;
  }
}

KERNEL mmx_adam(float *w, float *first, float *second, const float *g, int n, float beta1, float complement1,
                float beta2, float complement2, float size, const double *late_size, float scale,
                const double *late_scale, float epsilon) {
  float step_size = changing(size, late_size);
  float second_scale = changing(scale, late_scale);
  EACH_UNROLLED(i, n) {
    float gradient = g[i];
    float m = beta1 * first[i] + complement1 * gradient;
    float s = beta2 * second[i] + complement2 * (gradient * gradient);
    first[i] = m;
    second[i] = s;
    w[i] -= step_size * m / (sqrtf(s) * second_scale + epsilon);
  }
}

// ---- Keyed noise ----------------------------------------------------------------------------------------------------

typedef unsigned int word;

// One lane of xoshiro128+ (engine/noise.ts).
struct Lane {
  word s0, s1, s2, s3;
};

static __device__ __forceinline__ word mix(word z) {
  z = (z ^ (z >> 16)) * 0x21f0aaadu;
  z = (z ^ (z >> 15)) * 0x735a2d97u;
  return z ^ (z >> 15);
}

static __device__ __forceinline__ word absorb(word digest, word value, word position, word accumulator) {
  return mix(digest ^ mix(value + 0x9e3779b9u * (4 * position + accumulator)));
}

// The state times the i-th power of a jump: a product over GF(2), four bits of the state at a time. A jump's table
// holds, for each of 32 nibbles, what its 16 values contribute.
static __device__ __forceinline__ Lane jumped(Lane s, const uint4 *table) {
  Lane out = {0, 0, 0, 0};
  word words[4] = {s.s0, s.s1, s.s2, s.s3};
#pragma unroll
  for (int w = 0; w < 4; w++) {
#pragma unroll
    for (int nibble = 0; nibble < 8; nibble++) {
      uint4 t = table[(8 * w + nibble) * 16 + (words[w] >> (4 * nibble) & 15)];
      out.s0 ^= t.x;
      out.s1 ^= t.y;
      out.s2 ^= t.z;
      out.s3 ^= t.w;
    }
  }
  return out;
}

// out = 1 where uniforms(key) < p, else 0: to the bit what noise.ts draws, though its generator is sequential. Output i
// is draw i / 4 of lane i % 4. A thread makes 16 * strides draws of one lane; it jumps ahead to its first by the digits
// in base 64 of the number of 16 draws before it. d0 … d3 are the digests of the key before its step, after `position`
// words.
KERNEL mmx_bernoulli(const float *p, float *out, int n, int strides, const uint4 *tables, word d0, word d1, word d2,
                     word d3, int position, double step, const double *late_step) {
  double s = late_step ? *late_step : step;
  word high = (word)(s / 4294967296.0);
  word low = (word)(s - high * 4294967296.0);
  word digest[4] = {d0, d1, d2, d3};
#pragma unroll
  for (word j = 0; j < 4; j++) {
    digest[j] = absorb(digest[j], low, position + 1, j);
    digest[j] = absorb(digest[j], high, position + 2, j);
  }
  int threads = (int)(gridDim.x * blockDim.x);
  int draws = 16 * strides;
  for (int thread = (int)(blockIdx.x * blockDim.x + threadIdx.x); thread / 4 * (4LL * draws) < n; thread += threads) {
    int lane = thread % 4;
    int jump = thread / 4 * strides;
    Lane state;
    state.s0 = mix(digest[lane] + 0x9e3779b9u * (lane + 1));
    state.s1 = mix(digest[(lane + 1) % 4] + 0x9e3779b9u * (4 + lane + 1));
    state.s2 = mix(digest[(lane + 2) % 4] + 0x9e3779b9u * (8 + lane + 1));
    state.s3 = mix(digest[(lane + 3) % 4] + 0x9e3779b9u * (12 + lane + 1));
    if (!(state.s0 | state.s1 | state.s2 | state.s3)) state.s0 = 0x9e3779b9u;
    int digit = jump & 63;
    if (digit) state = jumped(state, tables + digit * 512);
    digit = jump >> 6 & 63;
    if (digit) state = jumped(state, tables + (64 + digit) * 512);
    digit = jump >> 12 & 63;
    if (digit) state = jumped(state, tables + (128 + digit) * 512);
    digit = jump >> 18;
    if (digit) state = jumped(state, tables + (192 + digit) * 512);
    long long i = thread / 4 * (4LL * draws) + lane;
#pragma unroll 4
    for (int draw = 0; draw < draws && i < n; draw++, i += 4) {
      float u = ((state.s0 + state.s3) >> 8) * 5.9604644775390625e-8f;
      out[i] = u < p[i] ? 1.0f : 0.0f;
      word t = state.s1 << 9;
      state.s2 ^= state.s0;
      state.s3 ^= state.s1;
      state.s1 ^= state.s2;
      state.s0 ^= state.s3;
      state.s2 ^= t;
      state.s3 = state.s3 << 11 | state.s3 >> 21;
    }
  }
}
