# The Debian package: `cpack --config build/release/CPackConfig.cmake` (docs/installation.md).
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME siprec-server)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(SRS_PACKAGE_CONTACT "siprec-server maintainers <root@localhost>" CACHE STRING "Maintainer of the package")
set(CPACK_PACKAGE_CONTACT "${SRS_PACKAGE_CONTACT}")
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR})
# With DESTDIR, because settings have absolute paths.
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS adduser)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "logrotate, systemd")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "SIPREC session recording server (RFC 7865, RFC 7866)")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "Session border controllers and PBXs send it a copy of every call by SIPREC;
it answers, receives the media and leaves one aligned recording per call with
its metadata. Operators see what it does through Prometheus metrics, health
endpoints and structured logs.")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${deploy}/debian/postinst ${deploy}/debian/prerm ${deploy}/debian/postrm
    ${deploy}/debian/conffiles)
include(CPack)
