// The tag bytes of the external term format, for external_encode.cpp and external_decode.cpp.
#pragma once

#include <cstdint>

namespace phial::external {

enum Tag : uint8_t {
  kNewFloat = 70,
  kBitBinary = 77,
  kCompressed = 80,
  kNewPid = 88,
  kNewerReference = 90,
  kSmallInteger = 97,
  kInteger = 98,
  kFloatText = 99,
  kAtomLatin1 = 100,
  kPid = 103,
  kSmallTuple = 104,
  kLargeTuple = 105,
  kNil = 106,
  kString = 107,
  kList = 108,
  kBinary = 109,
  kSmallBig = 110,
  kLargeBig = 111,
  kNewFun = 112,
  kExport = 113,
  kNewReference = 114,
  kSmallAtomLatin1 = 115,
  kMap = 116,
  kAtomUtf8 = 118,
  kSmallAtomUtf8 = 119,
  kVersion = 131,
};

}  // namespace phial::external
