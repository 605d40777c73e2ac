import Glibc

/// Where this machine keeps the certificates of its authorities. A libcurl that is shipped with a program
/// looks where the distribution has them that it was built for; in AWS Lambda, for one, there is
/// nothing.
enum SystemAuthorities {
  /// The file of all of them; nil where there is none, and libcurl is left to its own places.
  /// Looked for once, and not before each request.
  static let bundle = first(of: bundles)

  static func first(of paths: [String]) -> String? {
    paths.first { unsafe access($0, R_OK) == 0 }
  }

  /// Debian and Alpine; Red Hat, Fedora and Amazon Linux; SUSE; Alpine without ca-certificates.
  private static let bundles = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
  ]
}
