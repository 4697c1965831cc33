// SPDX-License-Identifier: BSL-1.0
#pragma once
#include "on_threads.h"
