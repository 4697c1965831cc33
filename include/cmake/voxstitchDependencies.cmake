# SPDX-License-Identifier: BSL-1.0
# What each component of voxstitch needs: read by the build itself and by the installed package.

# Packages, each with the arguments of find_package.
set(voxstitch_core_packages "Boost 1.74" "TBB" "Threads")
set(voxstitch_hdf5_packages "HDF5 COMPONENTS C" "ZLIB" "nlohmann_json")
set(voxstitch_tiff_packages "TIFF" "ZLIB")
set(voxstitch_impex_packages "")
set(voxstitch_components hdf5 tiff impex)  # all together are the component io

# An imported target voxstitch::<name> for a library that comes without a CMake package of its own.
function(voxstitch_find_library name library header)
  string(TOUPPER "VOXSTITCH_${name}" variable)
  find_library(${variable}_LIBRARY ${library})
  find_path(${variable}_INCLUDE_DIR ${header})
  mark_as_advanced(${variable}_LIBRARY ${variable}_INCLUDE_DIR)
  if(${variable}_LIBRARY AND ${variable}_INCLUDE_DIR AND NOT TARGET voxstitch::${name})
    add_library(voxstitch::${name} UNKNOWN IMPORTED)
    set_target_properties(voxstitch::${name} PROPERTIES
      IMPORTED_LOCATION "${${variable}_LIBRARY}"
      INTERFACE_INCLUDE_DIRECTORIES "${${variable}_INCLUDE_DIR}")
  endif()
endfunction()

# Such libraries of a component. `missing` becomes the name of one that is needed and not there.
function(voxstitch_find_libraries component missing)
  set(${missing} "" PARENT_SCOPE)
  if(component STREQUAL "hdf5")
    voxstitch_find_library(libdeflate deflate libdeflate.h)  # optional: zlib does the same, slower
  elseif(component STREQUAL "impex")
    voxstitch_find_library(vigraimpex vigraimpex vigra/impex.hxx)
    if(NOT TARGET voxstitch::vigraimpex)
      set(${missing} "libvigraimpex" PARENT_SCOPE)
    endif()
  endif()
endfunction()
