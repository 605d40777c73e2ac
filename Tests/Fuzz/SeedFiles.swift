import Glibc

/// Files that targets need beside their inputs, in the folder that FUZZ_FILES names.
enum SeedFiles {
  /// Empty if there is no such file.
  static func read(_ name: String) -> [UInt8] {
    // Nothing else changes the environment of this process.
    guard let folder = unsafe getenv("FUZZ_FILES") else { return [] }
    let descriptor = unsafe open(String(cString: folder) + "/" + name, O_RDONLY)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
      guard count > 0 else { return bytes }
      bytes += buffer.prefix(count)
    }
  }
}
