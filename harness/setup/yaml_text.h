// Text of a harness.yaml that the program writes. Private to the room.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace harness {

// As a scalar that reads back as this text: plain where that is safe, else in double quotes.
std::string yaml_scalar(std::string_view text);

std::string yaml_list(const std::vector<std::string>& texts);  // "[a, b]"

// The nearest name that harness.yaml takes: other characters become '-'; "run" where none is left.
std::string as_name(std::string_view text);

// `name`, or with "-2" and so on where it is in `taken`, to which it is added.
std::string unique_name(std::string name, std::vector<std::string>& taken);

}  // namespace harness
