internal import CLinux

/// The allocator of this process.
package enum Allocator {
  /// Keeps up to 32 MiB that were given back for what is asked for next, instead of returning them to the
  /// system: for programs whose large values come and go.
  package static func keepMemory() {
    // Both, since setting either ends the allocator's own adjusting of both (mallopt(3)).
    mallopt(M_MMAP_THRESHOLD, 32 << 20)
    mallopt(M_TRIM_THRESHOLD, 32 << 20)
  }
}
