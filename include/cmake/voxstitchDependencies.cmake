# SPDX-License-Identifier: BSL-1.0
# What each component of voxstitch needs: read by the build itself and by the installed package.

# Packages, each with the arguments of find_package.
set(voxstitch_core_packages "Boost 1.74" "TBB" "Threads")
set(voxstitch_hdf5_packages "ZLIB" "nlohmann_json")
set(voxstitch_tiff_packages "TIFF" "ZLIB")
set(voxstitch_impex_packages "")
set(voxstitch_components hdf5 tiff impex)  # all together are the component io

# An imported target voxstitch::<name> for a C library: `libraries` are the names it may have, `header` is
# one of its own.
function(voxstitch_find_library name libraries header)
  string(TOUPPER "VOXSTITCH_${name}" variable)
  find_library(${variable}_LIBRARY NAMES ${libraries} PATH_SUFFIXES hdf5/serial)
  find_path(${variable}_INCLUDE_DIR ${header} PATH_SUFFIXES hdf5/serial)
  mark_as_advanced(${variable}_LIBRARY ${variable}_INCLUDE_DIR)
  if(${variable}_LIBRARY AND ${variable}_INCLUDE_DIR AND NOT TARGET voxstitch::${name})
    add_library(voxstitch::${name} UNKNOWN IMPORTED)
    set_target_properties(voxstitch::${name} PROPERTIES
      IMPORTED_LOCATION "${${variable}_LIBRARY}"
      INTERFACE_INCLUDE_DIRECTORIES "${${variable}_INCLUDE_DIR}")
  endif()
endfunction()

# The libraries of a component that come without a CMake package, or with one that wants more than they
# need: FindHDF5 wants the user's project to enable C, and links all that HDF5 itself is linked with.
# `missing` becomes the name of one that is needed and not there.
function(voxstitch_find_libraries component missing)
  set(${missing} "" PARENT_SCOPE)
  if(component STREQUAL "hdf5")
    voxstitch_find_library(libhdf5 "hdf5_serial;hdf5" hdf5.h)
    voxstitch_find_library(libdeflate deflate libdeflate.h)  # optional: zlib does the same, slower
    set(needed libhdf5)
  elseif(component STREQUAL "impex")
    voxstitch_find_library(libvigraimpex vigraimpex vigra/impex.hxx)
    set(needed libvigraimpex)
  endif()
  if(needed AND NOT TARGET voxstitch::${needed})
    set(${missing} ${needed} PARENT_SCOPE)
  endif()
endfunction()
