# Writes the texts of FOLDER/page.html, page.css and page.js as C++ strings into OUTPUT.
set(source "#include \"harness/report/page.h\"\n\nnamespace harness {\n\n")
foreach(kind html css js)
  file(READ ${FOLDER}/page.${kind} text)
  string(APPEND source "std::string_view page_${kind}() { return R\"drydock(${text})drydock\"; }\n\n")
endforeach()
file(WRITE ${OUTPUT}.new "${source}}  // namespace harness\n")
file(RENAME ${OUTPUT}.new ${OUTPUT})
