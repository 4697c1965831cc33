// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file What must a program say to HDF5 before anything else?

#include "voxstitch/io/detail/hdf5_calls.hpp"

namespace voxstitch::io {

/// Tells HDF5 not to clean up when the process ends. After a write that failed (a full disk) its
/// clean-up may touch what is no longer there and crash: a process that reports the failure should
/// not. Every file of voxstitch is closed before; a program with HDF5 files of its own that are
/// still open at the end should not call this.
/// @pre no HDF5 function was called before
inline void leave_hdf5_alone_at_exit() { detail::hdf5::skip_exit_handler(); }

/// Held by everything here while it calls HDF5, which has one global state whether it was built
/// thread-safe or not: a program that calls HDF5 itself beside voxstitch's threads holds it, too.
/// Recursive. In threads that held it HDF5 prints no errors any more.
using hdf5_lock = detail::hdf5::library_lock;

}  // namespace voxstitch::io
