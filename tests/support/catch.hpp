// SPDX-License-Identifier: BSL-1.0
#pragma once
/// @file One include for Catch2 2 (Debian 12) and 3.

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
