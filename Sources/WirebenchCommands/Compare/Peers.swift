import CommandConsole
import LocalFiles

/// The programs to compare with: small C++ programs that `make` builds from their own folder.
enum Peers {
  /// Builds them.
  ///
  /// - Returns: where they are.
  /// - Throws: when not even those that need nothing but nghttp2 and OpenSSL can be built.
  static func build(
    from source: String, into output: String, environment: [String: String],
    note: (String) -> Void
  ) throws(CommandFailure) -> String {
    do {
      _ = try FileText.read(path: "\(source)/Makefile", limit: 1 << 20)
    } catch {
      throw .system(error.description, hint: "Name the folder of the peers with --peers.")
    }
    note("building the peers in \(source)")
    if (try? make("all", source, output, environment)) != nil { return output }
    note(
      "the gRPC C++ peers cannot be built and are left out; they need libgrpc++-dev, "
        + "protobuf-compiler and protobuf-compiler-grpc")
    do {
      try make("h2", source, output, environment)
    } catch {
      throw .system(
        "the peers in \(source) cannot be built: \(error.message)",
        hint: "Install make, g++, libnghttp2-dev and libssl-dev."
      )
    }
    return output
  }

  private static func make(
    _ goal: String, _ source: String, _ output: String, _ environment: [String: String]
  ) throws(CommandFailure) {
    let command = ChildProcess.Command(
      [
        "make", "--silent", "-C", source, "OUT=\(output)", "PROTOS=\(try absolute("Protos"))", goal,
      ],
      environment: environment)
    _ = try ChildProcess(command, readsOutput: true, showsErrors: true).wholeOutput()
  }

  /// A path that holds in any working directory.
  static func absolute(_ path: String) throws(CommandFailure) -> String {
    if path.hasPrefix("/") { return path }
    return "\(try Executable.workingDirectory)/\(path)"
  }
}
