# What `cmake --install` puts where. Programs and documents go below the prefix; settings go to
# /etc/siprec whatever the prefix, since the service looks there.
include(GNUInstallDirs)
include(${CMAKE_CURRENT_LIST_DIR}/installed_config.cmake)

set(deploy ${PROJECT_SOURCE_DIR}/deploy)
set(staged ${PROJECT_BINARY_DIR}/install)

install(TARGETS siprec-server siprec-call RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES ${deploy}/systemd/siprec-server.sysusers DESTINATION lib/sysusers.d RENAME siprec-server.conf)
install(FILES ${deploy}/sysctl/60-siprec-server.conf DESTINATION lib/sysctl.d)

# The unit names the program's path, which the prefix decides.
install(CODE "
  file(READ \"${deploy}/systemd/siprec-server.service\" unit)
  string(REPLACE /usr/bin/siprec-server \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}/siprec-server\" unit \"\${unit}\")
  string(REPLACE /usr/share/doc \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}/doc\" unit \"\${unit}\")
  file(WRITE \"${staged}/siprec-server.service\" \"\${unit}\")")
install(FILES ${staged}/siprec-server.service DESTINATION lib/systemd/system)

# Settings that are there already are somebody's work.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/config/siprec.yaml)
srs_installed_config(${PROJECT_SOURCE_DIR}/config/siprec.yaml ${staged}/siprec.yaml)
function(srs_install_once source directory name)
  install(CODE "
    if(EXISTS \"\$ENV{DESTDIR}${directory}/${name}\")
      message(STATUS \"Kept: \$ENV{DESTDIR}${directory}/${name}\")
    else()
      file(INSTALL \"${source}\" DESTINATION \"${directory}\" RENAME \"${name}\")
    endif()")
endfunction()
srs_install_once(${staged}/siprec.yaml /etc/siprec siprec.yaml)
srs_install_once(${deploy}/systemd/siprec-server.default /etc/default siprec-server)
srs_install_once(${deploy}/logrotate/siprec-server /etc/logrotate.d siprec-server)

# Documents, and as examples what other systems need to watch this one. Their links lead to where
# things are once they are installed.
install(CODE "
  file(REMOVE_RECURSE \"${staged}/doc\")
  file(COPY \"${PROJECT_SOURCE_DIR}/docs/\" \"${PROJECT_SOURCE_DIR}/README.md\" DESTINATION \"${staged}/doc\")
  file(GLOB_RECURSE pages \"${staged}/doc/*.md\")
  foreach(page IN LISTS pages)
    file(READ \"\${page}\" text)
    string(REPLACE \"](../../deploy\" \"](../examples\" text \"\${text}\")
    string(REPLACE \"](../deploy\" \"](examples\" text \"\${text}\")
    string(REPLACE \"](docs/\" \"](\" text \"\${text}\")
    string(REPLACE \"](config/siprec.yaml\" \"](/etc/siprec/siprec.yaml\" text \"\${text}\")
    file(WRITE \"\${page}\" \"\${text}\")
  endforeach()")
install(DIRECTORY ${staged}/doc/ DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/siprec-server)
install(FILES ${deploy}/debian/copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/siprec-server)

# srs_install_gz(SOURCE DIRECTORY NAME): as NAME.gz.
function(srs_install_gz source directory name)
  install(CODE "
    execute_process(COMMAND gzip -9nc INPUT_FILE \"${source}\" OUTPUT_FILE \"${staged}/${name}.gz\"
      COMMAND_ERROR_IS_FATAL ANY)")
  install(FILES ${staged}/${name}.gz DESTINATION ${directory})
endfunction()
srs_install_gz(${deploy}/man/siprec-server.8 ${CMAKE_INSTALL_MANDIR}/man8 siprec-server.8)
srs_install_gz(${deploy}/man/siprec-call.1 ${CMAKE_INSTALL_MANDIR}/man1 siprec-call.1)
srs_install_gz(${deploy}/debian/changelog ${CMAKE_INSTALL_DATADIR}/doc/siprec-server changelog.Debian)
install(FILES ${deploy}/debian/lintian-overrides DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides
  RENAME siprec-server)
foreach(system prometheus grafana alertmanager filebeat fluentd fluent-bit rsyslog vector promtail
        kubernetes docker recognisers)
  if(EXISTS ${deploy}/${system})
    install(DIRECTORY ${deploy}/${system}
      DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/siprec-server/examples)
  endif()
endforeach()
