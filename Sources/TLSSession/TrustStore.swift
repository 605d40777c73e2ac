import COpenSSL
import Glibc

/// Loads authorities into an `SSL_CTX` that is being set up.
@safe struct TrustStore {
  /// The context; owned by the caller, which outlives this value.
  private let context: OpaquePointer

  init(context: OpaquePointer) {
    unsafe self.context = unsafe context
  }

  /// Trusts `roots`. `namedToClients` also tells clients which authorities a server accepts, so
  /// that they can pick a certificate (RFC 8446 §4.2.4).
  func load(_ roots: TrustRoots, namedToClients: Bool = false) throws(TLSError) {
    switch roots {
    case .system:
      try loadSystem(bundles: TrustStore.bundles)
    case .pem(let text):
      try load(MemoryBIO.text(text), of: "the trust roots", namedToClients: namedToClients)
    case .file(let path):
      let source = "the trust roots file \"\(printable(path, limit: 1024))\""
      try load(MemoryBIO.file(path), of: source, namedToClients: namedToClients)
    }
  }

  /// Asks of each chain that no certificate of it is on one of the lists, and that each authority of it
  /// has a list.
  func load(_ lists: RevocationLists) throws(TLSError) {
    switch lists {
    case .pem(let text): try load(MemoryBIO.text(text), lists: "the revocation lists")
    case .file(let path):
      try load(
        MemoryBIO.file(path), lists: "the revocation lists file \"\(printable(path, limit: 1024))\""
      )
    }
    let parameters = unsafe SSL_CTX_get0_param(context)
    let flags = UInt(X509_V_FLAG_CRL_CHECK) | UInt(X509_V_FLAG_CRL_CHECK_ALL)
    guard unsafe X509_VERIFY_PARAM_set_flags(parameters, flags) == 1 else {
      throw .configuration("OpenSSL cannot check revocation lists")
    }
  }

  private func load(_ bio: consuming MemoryBIO, lists source: String) throws(TLSError) {
    let store = unsafe SSL_CTX_get_cert_store(context)
    var count = 0
    OpenSSLError.clearQueue()
    while let list = unsafe PEM_read_bio_X509_CRL(bio.pointer, nil, refusePassword, nil) {
      defer { unsafe X509_CRL_free(list) }
      guard unsafe X509_STORE_add_crl(store, list) == 1 else {
        throw .configuration("list \(count + 1) in \(source) cannot be used")
      }
      count += 1
    }
    let errors = OpenSSLError.takeAll()
    guard OpenSSLError.isEndOfPEM(errors), count > 0 else {
      throw TLSError(
        phase: .configuration,
        summary: count > 0
          ? "list \(count + 1) in \(source) is damaged"
          : "no list in PEM (-----BEGIN X509 CRL-----) in \(source)", errors: errors)
    }
  }

  private func load(
    _ bio: consuming MemoryBIO, of source: String, namedToClients: Bool
  ) throws(TLSError) {
    try Certificate.forEach(in: bio, of: source) { _, certificate throws(TLSError) in
      let store = unsafe SSL_CTX_get_cert_store(context)
      guard unsafe X509_STORE_add_cert(store, certificate.pointer) == 1,
        unsafe !namedToClients || SSL_CTX_add_client_CA(context, certificate.pointer) == 1
      else { throw .configuration("cannot trust a certificate in \(source)") }
    }
  }

  /// OpenSSL's default places, and when they hold nothing and the environment names no others,
  /// the first of `bundles` that can be read: a statically linked OpenSSL looks in the places of
  /// the distribution that it was built on.
  func loadSystem(bundles: [String]) throws(TLSError) {
    OpenSSLError.clearQueue()
    let isLoaded = unsafe SSL_CTX_set_default_verify_paths(context) == 1
    if isLoaded, hasLoadedRoots || TrustStore.hasHashedDirectory { return }
    if !TrustStore.isNamedByEnvironment {
      for path in bundles where loadFile(path) { return }
    }
    throw .configuration(
      """
      this machine has no trusted certificate authorities where OpenSSL looks for them; install \
      the package ca-certificates, set SSL_CERT_FILE, or give the trust roots as PEM
      """)
  }

  private func loadFile(_ path: String) -> Bool {
    unsafe SSL_CTX_load_verify_file(context, path) == 1 && hasLoadedRoots
  }

  private var hasLoadedRoots: Bool {
    let store = unsafe SSL_CTX_get_cert_store(context)
    return unsafe COpenSSL_sk_X509_OBJECT_num(X509_STORE_get0_objects(store)) > 0
  }

  /// Whether the directory in which OpenSSL looks up authorities by hash holds any: `….0`.
  private static var hasHashedDirectory: Bool {
    let variable = unsafe String(cString: X509_get_default_cert_dir_env())
    let paths =
      environment(variable) ?? (unsafe String(cString: X509_get_default_cert_dir()))
    return paths.split(separator: ":").contains { holdsHashes(String($0)) }
  }

  private static func holdsHashes(_ path: String) -> Bool {
    guard let directory = unsafe opendir(path) else { return false }
    defer { unsafe closedir(directory) }
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name.utf8.count > 2, name.dropLast().hasSuffix(".") { return true }
    }
    return false
  }

  private static var isNamedByEnvironment: Bool {
    let file = unsafe String(cString: X509_get_default_cert_file_env())
    let directory = unsafe String(cString: X509_get_default_cert_dir_env())
    return environment(file) != nil || environment(directory) != nil
  }

  private static func environment(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
  }

  /// Debian and Alpine; Red Hat, Fedora and Amazon Linux; SUSE; Alpine without ca-certificates.
  private static let bundles = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
  ]
}
