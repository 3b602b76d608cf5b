// SPDX-License-Identifier: MIT
// Macros with ordinary names, as well-known headers define them. quoit's headers must compile after them. The headers
// of the standard library are included before, because some of them would not.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <cmath>
#include <compare>
#include <concepts>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <initializer_list>
#include <iosfwd>
#include <iterator>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <numeric>
#include <optional>
#include <queue>
#include <ranges>
#include <set>
#include <shared_mutex>
#include <span>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>
#include <version>
#if __has_include(<format>)
#include <format>
#endif
#if defined(__SSE2__)
#include <emmintrin.h>
#endif
#if defined(__ARM_NEON)
#include <arm_neon.h>
#endif

#include <xxhash.h>

// Some of these names are macros already, such as unix in GNU mode. Those stay.
#undef major
#undef minor
#undef makedev
#undef NAN
#undef INFINITY
#undef OVERFLOW
#undef UNDERFLOW
#undef DOMAIN

// ---- <windows.h> and what it includes.
#define min(a, b) (((a) < (b)) ? (a) : (b))
#define max(a, b) (((a) > (b)) ? (a) : (b))
#define small char
#define hyper long long
#define near
#define far
#define NEAR
#define FAR
#define pascal
#define cdecl
#define CONST const
#define VOID void
#define IN
#define OUT
#define OPTIONAL
#define CALLBACK
#define WINAPI
#define APIENTRY
#define interface struct
#define THIS void
#define PURE = 0
#define STRICT 1
#define TRUE 1
#define FALSE 0
#define ERROR 0
#define NO_ERROR 0L
#define DELETE (0x00010000L)
#define IGNORE 0
#define INFINITE 0xFFFFFFFF
#define ABSOLUTE 1
#define RELATIVE 2
#define OPAQUE 2
#define TRANSPARENT 1
#define ALTERNATE 1
#define WINDING 2
#define DIFFERENCE 11
#define NO_DATA 11004
#define MOUSE_MOVED 1
#define GetObject GetObjectA
#define GetMessage GetMessageA
#define GetClassName GetClassNameA
#define GetCurrentTime() GetTickCount()
#define SendMessage SendMessageA
#define PostMessage PostMessageA
#define CreateWindow(a, b, c) CreateWindowExA(0L, a, b, c)
#define CreateFile CreateFileA
#define DeleteFile DeleteFileA
#define MoveFile MoveFileA
#define CopyFile CopyFileA
#define LoadString LoadStringA
#define Yield()
#define rad1 0x0420
#define grp1 0x0430
#define chx1 0x0410

// ---- <X11/Xlib.h>, <X11/X.h>
#define Bool int
#define Status int
#define True 1
#define False 0
#define None 0L
#define Success 0
#define Always 2
#define Above 0
#define Below 1
#define Complex 0
#define Nonconvex 1
#define Convex 2
#define Unsorted 0
#define KeyPress 2
#define KeyRelease 3
#define FocusIn 9
#define FocusOut 10
#define Expose 12
#define GrayScale 1
#define CursorShape 0
#define RootWindow(dpy, scr) 0
#define DefaultScreen(dpy) 0

// ---- <sys/sysmacros.h>, <sys/param.h>, <termios.h>, <complex.h>, <math.h>, <strings.h>; <ctype.h> of newlib and BSDs
#define major(dev) gnu_dev_major(dev)
#define minor(dev) gnu_dev_minor(dev)
#define makedev(maj, min_) gnu_dev_makedev(maj, min_)
#define MIN(a, b) (((a) < (b)) ? (a) : (b))
#define MAX(a, b) (((a) > (b)) ? (a) : (b))
#define howmany(x, y) (((x) + ((y) - 1)) / (y))
#define powerof2(x) ((((x) - 1) & (x)) == 0)
#define roundup(x, y) ((((x) + ((y) - 1)) / (y)) * (y))
#define ECHO 0000010
#define B0 0000000
#define NL0 0000000
#define I _Complex_I
#define NAN 0
#define INFINITY 0
#define OVERFLOW 3
#define UNDERFLOW 4
#define DOMAIN 1
#define bcopy(a, b, n) memmove(b, a, n)
#define _U 01
#define _L 02
#define _N 04
#define _S 010
#define _P 020
#define _C 040
#define _X 0100
#define _B 0200

// ---- <AssertMacros.h> of Apple
#define check(assertion)
#define verify(assertion) ((void)(assertion))
#define require(assertion, label) \
  if (!(assertion)) goto label

// ---- <Arduino.h>
#define abs(x) ((x) > 0 ? (x) : -(x))
#define round(x) ((x) >= 0 ? (long)((x) + 0.5) : (long)((x) - 0.5))
#define constrain(x, low, high) ((x) < (low) ? (low) : ((x) > (high) ? (high) : (x)))
#define radians(deg) ((deg) * 0.017453)
#define degrees(rad) ((rad) * 57.29578)
#define sq(x) ((x) * (x))
#define bit(b) (1UL << (b))
#define word(...) makeWord(__VA_ARGS__)
#define lowByte(w) ((uint8_t)((w) & 0xff))
#define interrupts() sei()
#define F(text) text
#define PI 3.1415926535897932384626433832795
#define LOW 0
#define HIGH 1
#define INPUT 0
#define OUTPUT 1
#define DEFAULT 1
#define EXTERNAL 0
#define SERIAL 0

// ---- Linux, loggers and test frameworks
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define container_of(a, b, c) a
#define ARRAY_SIZE(x) (sizeof(x) / sizeof((x)[0]))
#define DEBUG 1
#define TRACE 1
#define INFO(x)
#define WARN(x)
#define LOG(x)
#define FATAL 0
#define PASS 0
#define FAIL(x)
#define CHECK(x)
#define REQUIRE(x)
#define TEST(a, b)
#define ASSERT(x)
#define VERIFY(x)

// ---- Qt without QT_NO_KEYWORDS, except for slots, which quoit refuses: see qt_macros.cpp.
#define emit
#define signals public
#define foreach(variable, container) for (variable : container)
#define forever for (;;)
