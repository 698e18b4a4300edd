#include "vm/term/number_print.h"

#include <gtest/gtest.h>

namespace phial {
namespace {

TEST(NumberPrintTest, shortest) {
  for (auto [value, text] :
       std::initializer_list<std::pair<double, const char*>>{{0.0, "0.0"},
                                                             {-0.0, "-0.0"},
                                                             {1.0, "1.0"},
                                                             {100.0, "100.0"},
                                                             {1000.0, "1.0e3"},
                                                             {1500.0, "1.5e3"},
                                                             {123456.0, "123456.0"},
                                                             {0.1, "0.1"},
                                                             {0.0001, "0.0001"},
                                                             {0.00012, "1.2e-4"},
                                                             {1e-5, "1.0e-5"},
                                                             {9007199254740991.0, "9007199254740991.0"},
                                                             {9007199254740992.0, "9.007199254740992e15"},
                                                             {1e22, "1.0e22"},
                                                             {5e-324, "5.0e-324"},
                                                             {1.7976931348623157e308, "1.7976931348623157e308"},
                                                             {-123.456, "-123.456"}}) {
    EXPECT_EQ(float_to_shortest(value), text);
    EXPECT_EQ(float_from_text(text), value);
  }
  EXPECT_EQ(float_to_inspect(1e15), "1000000000000000.0");
  EXPECT_EQ(float_to_inspect(1e16), "1.0e16");
  EXPECT_EQ(float_to_inspect(-1500), "-1500.0");
}

TEST(NumberPrintTest, decimals) {
  EXPECT_EQ(float_to_decimals(0.125, 2, false), "0.13");
  EXPECT_EQ(float_to_decimals(2.5, 0, false), "3");
  EXPECT_EQ(float_to_decimals(-0.05, 1, false), "-0.1");
  EXPECT_EQ(float_to_decimals(0.999, 2, false), "1.00");
  EXPECT_EQ(float_to_decimals(1.5, 5, true), "1.5");
  EXPECT_EQ(float_to_decimals(1.0, 5, true), "1.0");
  EXPECT_EQ(float_to_decimals(1e22, 2, false), "10000000000000000000000.00");
  EXPECT_EQ(float_to_decimals(0.1, 30, false), "0.100000000000000005551115123126");
  EXPECT_EQ(float_to_scientific(0.1, 20), "1.00000000000000005551e-01");
}

TEST(NumberPrintTest, strict_reading) {
  for (const char* bad : {"", "1", "1.", ".5", "1.e3", "1.0e", "1.0e+", " 1.0", "1.0 ", "1_0.0", "1.0e400", "-1.0e400",
                          "inf", "nan", "1e5", "+-1.0"}) {
    EXPECT_FALSE(float_from_text(bad)) << bad;
  }
  EXPECT_EQ(float_from_text("+1.0"), 1.0);
  EXPECT_EQ(float_from_text("1.0E+05"), 1e5);
  EXPECT_EQ(float_from_text("1.0e-400"), 0.0);
  EXPECT_EQ(float_from_text("1.0e-320"), 1e-320);
  EXPECT_EQ(float_from_text("0.0e999999"), 0.0);
  EXPECT_EQ(float_prefix("1.5xyz"), 3u);
  EXPECT_EQ(float_prefix("1.5e+"), 3u);
  EXPECT_EQ(float_prefix("15"), 0u);
}

}  // namespace
}  // namespace phial
