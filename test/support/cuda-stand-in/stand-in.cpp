// A CUDA driver and cuBLAS on the CPU, so that the engine `cuda` can be tested where there is no GPU: the functions
// of both libraries that mmx calls, and its kernels (kernels.cu) compiled for the host. It is slow, and it is strict:
//
// - Nothing runs before somebody waits for it, the latest that CUDA allows: page-locked memory that is filled anew too
//   soon, or a result that is read too soon, shows.
// - New memory holds NaN, memory that was given back is overwritten, and writes past an allocation are found when it
//   is waited for.
// - A captured stream refuses what CUDA refuses while capturing.
#include <setjmp.h>
#include <ucontext.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <vector>

// ---- What CUDA C++ has beyond C++

struct Dim {
  unsigned x, y, z;
};
struct uint4 {
  unsigned x, y, z, w;
};
static Dim threadIdx, blockIdx, blockDim, gridDim;
static void next_thread();

#define __global__
#define __device__
#define __forceinline__ inline
#define __shared__ static
#define __syncthreads next_thread

#include "kernels.cu"

#undef __global__
#undef __device__

// ---- Threads of a block: one after the other, or fibers that take turns at every barrier

// A fiber is entered by setcontext once, and lives on for the thread of its number in every block after. Turns are taken by
// longjmp: swapcontext asks the system for its signal mask at each.
struct Fiber {
  ucontext_t context;
  jmp_buf place;
  bool entered, ended;
  char stack[32768];
};

static std::deque<Fiber> fibers;
static jmp_buf scheduler;
static int current;
static std::function<void()> *fiber_body;

static void give_way() {
  if (!_setjmp(fibers[current].place)) _longjmp(scheduler, 1);
}

static void next_thread() {
  Dim mine = threadIdx;
  give_way();
  threadIdx = mine;
}

static void fiber_main() {
  for (;;) {
    (*fiber_body)();
    fibers[current].ended = true;
    give_way();
  }
}

static void take_turn(Fiber &fiber) {
  if (_setjmp(scheduler)) return;
  if (fiber.entered) _longjmp(fiber.place, 1);
  fiber.entered = true;
  setcontext(&fiber.context);
}

static void run_block_with_barriers(std::function<void()> &body) {
  int count = blockDim.x * blockDim.y;
  while ((int)fibers.size() < count) {
    Fiber &fiber = fibers.emplace_back();
    getcontext(&fiber.context);
    fiber.context.uc_stack.ss_sp = fiber.stack;
    fiber.context.uc_stack.ss_size = sizeof fiber.stack;
    fiber.context.uc_link = nullptr;
    makecontext(&fiber.context, fiber_main, 0);
  }
  for (int t = 0; t < count; t++) fibers[t].ended = false;
  fiber_body = &body;
  for (bool any = true; any;) {
    any = false;
    for (current = 0; current < count; current++) {
      if (fibers[current].ended) continue;
      any = true;
      threadIdx = {current % blockDim.x, current / blockDim.x, 0};
      take_turn(fibers[current]);
    }
  }
}

// ---- Kernels by name, called with arguments as the driver takes them

struct Kernel {
  std::function<std::function<void()>(void **)> bind;
  bool has_barriers;
};

template <typename... A, size_t... I>
static std::function<void()> bound(void (*kernel)(A...), void **arguments, std::index_sequence<I...>) {
  std::tuple<A...> values(*(A *)arguments[I]...);
  return [=]() { kernel(std::get<I>(values)...); };
}

template <typename... A>
static Kernel entry(void (*kernel)(A...), bool has_barriers) {
  auto bind = [=](void **arguments) { return bound(kernel, arguments, std::index_sequence_for<A...>()); };
  return {bind, has_barriers};
}

static std::map<std::string, Kernel> &kernels() {
  static std::map<std::string, Kernel> table = {
#define ENTRY(name, has_barriers) {#name, entry(name, has_barriers)},
#include "registry.inc"
  };
  return table;
}

// ---- Memory

enum { SUCCESS = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, NOT_FOUND = 500, UNSUPPORTED_CAPTURE = 900, ILLEGAL = 700 };

static const size_t guard = 64;
static std::map<uint64_t, size_t> allocations;
static size_t used;

static size_t limit() {
  const char *text = getenv("MMX_STAND_IN_BYTES");
  return text ? strtoull(text, nullptr, 10) : (size_t)4 << 30;
}

static bool memory_is_sound() {
  for (auto &[pointer, bytes] : allocations) {
    for (size_t i = 0; i < guard; i++) {
      if (((unsigned char *)pointer)[bytes + i] != 0xa5) return false;
    }
  }
  return true;
}

static bool is_device(uint64_t pointer, size_t bytes) {
  auto above = allocations.upper_bound(pointer);
  if (above == allocations.begin()) return false;
  auto &[start, size] = *--above;
  return pointer + bytes <= start + size;
}

// ---- Streams, events and graphs

typedef std::function<void()> Command;

struct Stream {
  std::vector<Command> queue;
  size_t begun = 0;
  bool is_capturing = false;
  std::vector<Command> captured;
};
struct Event {
  Stream *stream = nullptr;
  size_t count = 0;
};

static std::vector<Stream *> streams;
static bool is_broken = false;

static void run_until(Stream *stream, size_t count) {
  while (stream->begun < count) {
    Command command = stream->queue[stream->begun];
    stream->queue[stream->begun++] = nullptr;
    command();
  }
}

static int settle(Stream *stream) {
  run_until(stream, stream->queue.size());
  if (!memory_is_sound()) is_broken = true;
  return is_broken ? ILLEGAL : SUCCESS;
}

static int give(uint64_t handle, Command command) {
  Stream *stream = (Stream *)handle;
  (stream->is_capturing ? stream->captured : stream->queue).push_back(command);
  return SUCCESS;
}

static bool any_capture() {
  for (Stream *stream : streams) {
    if (stream->is_capturing) return true;
  }
  return false;
}

extern "C" {

int cuInit(unsigned) {
  return SUCCESS;
}
int cuDriverGetVersion(int *version) {
  const char *text = getenv("MMX_STAND_IN_CUDA");
  *version = text ? atoi(text) : 13000;
  return SUCCESS;
}
int cuGetErrorName(int status, const char **name) {
  *name = status == OUT_OF_MEMORY         ? "CUDA_ERROR_OUT_OF_MEMORY"
          : status == NOT_FOUND           ? "CUDA_ERROR_NOT_FOUND"
          : status == UNSUPPORTED_CAPTURE ? "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED"
          : status == ILLEGAL             ? "CUDA_ERROR_ILLEGAL_ADDRESS"
                                          : "CUDA_ERROR_INVALID_VALUE";
  return SUCCESS;
}
int cuGetErrorString(int, const char **text) {
  *text = "said by the stand-in";
  return SUCCESS;
}
int cuDeviceGetCount(int *count) {
  const char *text = getenv("CUDA_VISIBLE_DEVICES");
  *count = text && !*text ? 0 : 1;
  return SUCCESS;
}
int cuDeviceGet(int *device, int) {
  *device = 0;
  return SUCCESS;
}
int cuDeviceGetName(char *name, int length, int) {
  snprintf(name, length, "stand-in on the CPU");
  return SUCCESS;
}
int cuDeviceTotalMem_v2(size_t *bytes, int) {
  *bytes = limit();
  return SUCCESS;
}
int cuDeviceGetAttribute(int *value, int attribute, int) {
  *value = attribute == 16 ? 2 : attribute == 75 ? 6 : attribute == 76 ? 1 : 0;
  return SUCCESS;
}
int cuDevicePrimaryCtxRetain(uint64_t *context, int) {
  *context = 1;
  return SUCCESS;
}
int cuCtxSetCurrent(uint64_t) {
  return SUCCESS;
}

int cuStreamCreate(uint64_t *handle, unsigned) {
  streams.push_back(new Stream);
  *handle = (uint64_t)streams.back();
  return SUCCESS;
}
int cuStreamSynchronize(uint64_t handle) {
  Stream *stream = (Stream *)handle;
  return stream->is_capturing ? UNSUPPORTED_CAPTURE : settle(stream);
}
int cuEventCreate(uint64_t *handle, unsigned) {
  *handle = (uint64_t) new Event;
  return SUCCESS;
}
int cuEventDestroy_v2(uint64_t handle) {
  delete (Event *)handle;
  return SUCCESS;
}
int cuEventRecord(uint64_t handle, uint64_t stream) {
  if (((Stream *)stream)->is_capturing) return UNSUPPORTED_CAPTURE;
  *(Event *)handle = {(Stream *)stream, ((Stream *)stream)->queue.size()};
  return SUCCESS;
}
int cuEventSynchronize(uint64_t handle) {
  Event *event = (Event *)handle;
  if (event->stream) run_until(event->stream, event->count);
  return is_broken ? ILLEGAL : SUCCESS;
}
int cuStreamWaitEvent(uint64_t stream, uint64_t handle, unsigned) {
  Event event = *(Event *)handle;
  if (!event.stream) return SUCCESS;
  return give(stream, [event]() { run_until(event.stream, event.count); });
}

int cuStreamBeginCapture_v2(uint64_t handle, int) {
  Stream *stream = (Stream *)handle;
  if (stream->is_capturing) return INVALID_VALUE;
  stream->is_capturing = true;
  stream->captured.clear();
  return SUCCESS;
}
int cuStreamEndCapture(uint64_t handle, uint64_t *graph) {
  Stream *stream = (Stream *)handle;
  if (!stream->is_capturing) return INVALID_VALUE;
  stream->is_capturing = false;
  *graph = (uint64_t) new std::vector<Command>(stream->captured);
  return SUCCESS;
}
int cuGraphInstantiateWithFlags(uint64_t *executable, uint64_t graph, uint64_t) {
  *executable = (uint64_t) new std::vector<Command>(*(std::vector<Command> *)graph);
  return SUCCESS;
}
int cuGraphLaunch(uint64_t executable, uint64_t stream) {
  for (Command &command : *(std::vector<Command> *)executable) give(stream, command);
  return SUCCESS;
}
int cuGraphDestroy(uint64_t graph) {
  delete (std::vector<Command> *)graph;
  return SUCCESS;
}
int cuGraphExecDestroy(uint64_t graph) {
  delete (std::vector<Command> *)graph;
  return SUCCESS;
}

int cuModuleLoadData(uint64_t *module, const void *image) {
  // The text is not compiled here, but it must have every kernel.
  for (auto &[name, kernel] : kernels()) {
    if (!strstr((const char *)image, (".entry " + name + "(").c_str())) return NOT_FOUND;
  }
  *module = 1;
  return SUCCESS;
}
int cuModuleGetFunction(uint64_t *function, uint64_t, const char *name) {
  auto found = kernels().find(name);
  if (found == kernels().end()) return NOT_FOUND;
  *function = (uint64_t)&found->second;
  return SUCCESS;
}
int cuLaunchKernel(uint64_t function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                   unsigned, uint64_t stream, uint64_t arguments, uint64_t) {
  if (!gx || !gy || gz != 1 || !bx || !by || bz != 1 || bx * by > 1024 || gy > 65535) return INVALID_VALUE;
  Kernel *kernel = (Kernel *)function;
  Command body = kernel->bind((void **)arguments);
  bool has_barriers = kernel->has_barriers;
  return give(stream, [=]() mutable {
    gridDim = {gx, gy, 1};
    blockDim = {bx, by, 1};
    for (unsigned y = 0; y < gy; y++) {
      for (unsigned x = 0; x < gx; x++) {
        blockIdx = {x, y, 0};
        if (has_barriers) {
          run_block_with_barriers(body);
          continue;
        }
        for (unsigned t = 0; t < bx * by; t++) {
          threadIdx = {t % bx, t / bx, 0};
          body();
        }
      }
    }
  });
}

int cuMemAlloc_v2(uint64_t *pointer, size_t bytes) {
  if (!bytes) return INVALID_VALUE;
  if (used + bytes > limit()) return OUT_OF_MEMORY;
  size_t whole = (bytes + guard + 511) / 512 * 512;
  *pointer = (uint64_t)aligned_alloc(512, whole);
  for (size_t i = 0; i + 4 <= bytes; i += 4) *(uint32_t *)(*pointer + i) = 0x7fc0beef;
  memset((char *)*pointer + bytes, 0xa5, guard);
  allocations[*pointer] = bytes;
  used += bytes;
  return SUCCESS;
}
int cuMemFree_v2(uint64_t pointer) {
  auto found = allocations.find(pointer);
  if (found == allocations.end()) return INVALID_VALUE;
  if (any_capture()) return UNSUPPORTED_CAPTURE;
  // As CUDA does, it waits for everything.
  for (Stream *stream : streams) settle(stream);
  memset((void *)pointer, 0xee, found->second);
  used -= found->second;
  allocations.erase(found);
  return SUCCESS;
}
int cuMemGetInfo_v2(size_t *free_bytes, size_t *total) {
  *total = limit();
  *free_bytes = limit() - used;
  return SUCCESS;
}
int cuMemHostAlloc(uint64_t *pointer, size_t bytes, unsigned) {
  *pointer = (uint64_t)aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
  return SUCCESS;
}
int cuMemFreeHost(uint64_t pointer) {
  free((void *)pointer);
  return SUCCESS;
}
int cuMemcpyHtoDAsync_v2(uint64_t target, uint64_t source, size_t bytes, uint64_t stream) {
  if (!is_device(target, bytes)) return INVALID_VALUE;
  return give(stream, [=]() { memcpy((void *)target, (void *)source, bytes); });
}
int cuMemcpyDtoHAsync_v2(uint64_t target, uint64_t source, size_t bytes, uint64_t stream) {
  if (!is_device(source, bytes)) return INVALID_VALUE;
  return give(stream, [=]() { memcpy((void *)target, (void *)source, bytes); });
}
int cuMemcpyDtoDAsync_v2(uint64_t target, uint64_t source, size_t bytes, uint64_t stream) {
  if (!is_device(target, bytes) || !is_device(source, bytes)) return INVALID_VALUE;
  return give(stream, [=]() { memmove((void *)target, (void *)source, bytes); });
}

// ---- cuBLAS: column-major products

static uint64_t cublas_stream;
static bool is_tf32 = false;

// TensorFloat-32: 10 bits of mantissa, rounded to nearest.
static float rounded(float x) {
  if (!is_tf32 || !std::isfinite(x)) return x;
  uint32_t bits;
  memcpy(&bits, &x, 4);
  bits = (bits + 0x1000) & ~0x1fffu;
  memcpy(&x, &bits, 4);
  return x;
}

int cublasCreate_v2(uint64_t *handle) {
  *handle = 1;
  return getenv("MMX_STAND_IN_NO_CUBLAS") ? 8 : SUCCESS;
}
int cublasGetVersion_v2(uint64_t, int *version) {
  *version = 130002;
  return SUCCESS;
}
int cublasSetStream_v2(uint64_t, uint64_t stream) {
  cublas_stream = stream;
  return SUCCESS;
}
int cublasSetWorkspace_v2(uint64_t, uint64_t workspace, size_t bytes) {
  return is_device(workspace, bytes) ? SUCCESS : 7;
}
int cublasSetMathMode(uint64_t, int mode) {
  is_tf32 = mode == 3;
  return mode == 0 || mode == 3 ? SUCCESS : 7;
}
int cublasSgemmStridedBatched(uint64_t, int op_a, int op_b, int m, int n, int k, const float *alpha_pointer,
                              const float *a, int lda, int64_t stride_a, const float *b, int ldb, int64_t stride_b,
                              const float *beta_pointer, float *c, int ldc, int64_t stride_c, int count) {
  if (lda < (op_a ? k : m) || ldb < (op_b ? n : k) || ldc < m) return 7;
  float alpha = *alpha_pointer, beta = *beta_pointer;
  return give(cublas_stream, [=]() {
    for (int item = 0; item < count; item++) {
      const float *pa = a + item * stride_a;
      const float *pb = b + item * stride_b;
      float *pc = c + item * stride_c;
      std::vector<float> column(m);
      for (int j = 0; j < n; j++) {
        std::fill(column.begin(), column.end(), 0.0f);
        for (int p = 0; p < k; p++) {
          float y = rounded(op_b ? pb[j + (size_t)p * ldb] : pb[p + (size_t)j * ldb]);
          if (op_a) {
            for (int i = 0; i < m; i++) column[i] += rounded(pa[p + (size_t)i * lda]) * y;
          } else {
            for (int i = 0; i < m; i++) column[i] += rounded(pa[i + (size_t)p * lda]) * y;
          }
        }
        for (int i = 0; i < m; i++) {
          float &out = pc[i + (size_t)j * ldc];
          out = alpha * column[i] + (beta == 0.0f ? 0.0f : beta * out);
        }
      }
    }
  });
}
int cublasSgemm_v2(uint64_t handle, int op_a, int op_b, int m, int n, int k, const float *alpha, const float *a,
                   int lda, const float *b, int ldb, const float *beta, float *c, int ldc) {
  return cublasSgemmStridedBatched(handle, op_a, op_b, m, n, k, alpha, a, lda, 0, b, ldb, 0, beta, c, ldc, 0, 1);
}
}
