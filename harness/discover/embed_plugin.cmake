# Writes the text of INPUT as a C++ string into OUTPUT.
file(READ ${INPUT} text)
file(WRITE ${OUTPUT}.new "#include \"harness/discover/pytest_plugin.h\"\n\nnamespace harness {\n\n\
std::string_view pytest_plugin_text() { return R\"drydock(${text})drydock\"; }\n\n}  // namespace harness\n")
file(RENAME ${OUTPUT}.new ${OUTPUT})
