// SPDX-License-Identifier: BSL-1.0
// How fast are probabilities packed into HDF5 files and out of them, against the HDF5 library's own
// filter? Both sides write and read whole files in memory with the same chunks and the same level.

#include <filesystem>
#include <string>

#include <benchmark/benchmark.h>
#include <tbb/task_arena.h>
#include <unistd.h>

#include "parts.hpp"
#include "support/probability_block.hpp"
#include "support/thread_clock.hpp"
#include "voxstitch/io/chunk_shape.hpp"
#include "voxstitch/io/chunk_store.hpp"
#include "voxstitch/io/hdf5_source.hpp"
#include "voxstitch/io/hdf5_writer.hpp"

namespace voxstitch::benchmarks {

namespace {

constexpr index_t side = 64;
constexpr int level = 1;
constexpr coord<5> shape{{1, 3, side, side, side}};
std::string const dataset_name = "/exported_data";

[[nodiscard]] dense_array<float, 4>& probabilities() {
  static auto made = probability_block(side);
  return made;
}

/// A file in memory where the system has such a folder; removed at the end.
class scratch_file {
 public:
  explicit scratch_file(std::string const& name)
      : path_(
            ((std::filesystem::is_directory("/dev/shm") ? std::filesystem::path("/dev/shm")
                                                        : std::filesystem::temp_directory_path()) /
             ("voxstitch-benchmark-" + std::to_string(getpid()) + "-" + name))
                .string()) {
    remove();
  }
  scratch_file(scratch_file const&) = delete;
  scratch_file& operator=(scratch_file const&) = delete;
  ~scratch_file() { remove(); }

  [[nodiscard]] std::string const& path() const { return path_; }
  void remove() const {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }

 private:
  std::string path_;
};

[[nodiscard]] volume_description description() {
  volume_description d;
  d.shape = shape;
  d.type = element_type::float32;
  d.axes = "czyx";
  return d;
}

void write_with_voxstitch(std::string const& path) {
  io::chunk_store store(path + ".chunks", description(), io::default_chunk(shape), level);
  store.write(box<5>::at_origin(shape), probabilities().view().expanded(0));
  store.finish();
  io::hdf5_writer writer(path);
  writer.add({dataset_name}, store);
  writer.close();
}

void write_with_hdf5_filter(std::string const& path) {
  namespace hdf5 = io::detail::hdf5;
  auto file = hdf5::create_file(path);
  {
    auto const dataset = hdf5::create_dataset(file, dataset_name, element_type::float32,
                                              {3, side, side, side}, {1, side, side, side}, level);
    H5Dwrite(dataset.id(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, probabilities().data());
  }
  hdf5::close_file(file, path);
}

void read_with_voxstitch(std::string const& path, dense_array<float, 4>& into) {
  io::hdf5_source(path, dataset_name, "czyx", "the benchmark")
      .read(box<5>::at_origin(shape), into.view().expanded(0));
}

void read_with_hdf5_filter(std::string const& path, dense_array<float, 4>& into) {
  namespace hdf5 = io::detail::hdf5;
  auto const dataset = hdf5::open_dataset(hdf5::open_file(path), dataset_name);
  H5Dread(dataset.id(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, into.data());
}

void report(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * side * side * side);
  state.counters["bytes_per_item"] = 12;
}

void measure_writing(benchmark::State& state, void (*write)(std::string const&)) {
  scratch_file const file("written.h5");
  tbb::task_arena one_thread(1);
  benchmark::DoNotOptimize(probabilities().data());
  for ([[maybe_unused]] auto _ : state) {
    file.remove();
    state.SetIterationTime(
        thread_seconds_of([&] { one_thread.execute([&] { write(file.path()); }); }));
  }
  report(state);
}

void measure_reading(benchmark::State& state,
                     void (*read)(std::string const&, dense_array<float, 4>&)) {
  scratch_file const file("read.h5");
  write_with_voxstitch(file.path());
  tbb::task_arena one_thread(1);
  dense_array<float, 4> into(probabilities().shape());
  for ([[maybe_unused]] auto _ : state)
    state.SetIterationTime(
        thread_seconds_of([&] { one_thread.execute([&] { read(file.path(), into); }); }));
  if (!std::equal(into.data(), into.data() + into.view().size(), probabilities().data()))
    state.SkipWithError("other values were read than written");
  report(state);
}

void add(std::string const& name, auto* measure, auto* what) {
  benchmark::RegisterBenchmark(("chunks/" + name).c_str(), measure, what)
      ->UseManualTime()
      ->Unit(benchmark::kMillisecond);
}

}  // namespace

void register_chunks() {
  add("write float32 x 3, deflate 1/voxstitch", measure_writing, write_with_voxstitch);
  add("write float32 x 3, deflate 1/HDF5's filter", measure_writing, write_with_hdf5_filter);
  add("read float32 x 3, deflate 1/voxstitch", measure_reading, read_with_voxstitch);
  add("read float32 x 3, deflate 1/HDF5's filter", measure_reading, read_with_hdf5_filter);
}

}  // namespace voxstitch::benchmarks
