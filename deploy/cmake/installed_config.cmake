# srs_installed_config(SOURCE DESTINATION): config/siprec.yaml with the service's own directories.
# Fails where a line that has to change is no longer there.
function(srs_installed_config source destination)
  file(READ ${source} text)
  foreach(change
      "  directory: ./recordings|  directory: /var/lib/siprec/recordings"
      "  file: \"\"|  file: /var/log/siprec/siprec-server.log"
      # logrotate keeps the log small; this bounds it where logrotate does not run.
      "  max_file_size: 100MiB|  max_file_size: 1GiB")
    string(REPLACE "|" ";" change "${change}")
    list(GET change 0 from)
    list(GET change 1 to)
    # A whole line: `admin_token_file: ""` ends like `file: ""`.
    string(PREPEND from "\n")
    string(PREPEND to "\n")
    string(FIND "${text}" "${from}\n" at)
    if(at EQUAL -1)
      message(FATAL_ERROR "${source} has no line `${from}`, which the installed one replaces")
    endif()
    string(REPLACE "${from}\n" "${to}\n" text "${text}")
  endforeach()
  file(WRITE ${destination} "${text}")
endfunction()
