import CNGHTTP2
import Glibc

/// The memory of one nghttp2 session. Each stream takes and gives back the same few sizes, so what
/// is given back is kept for the next stream, up to a limit.
///
/// It belongs to its session's thread.
@safe final class MemoryPool {
  /// Stands before each block, and keeps it aligned for anything.
  @unsafe private struct Header {
    /// Which list the block belongs to; `unlisted` for one that is too large to keep.
    var list: Int
    /// The next free block of the same list.
    var next: UnsafeMutableRawPointer?
  }

  private static let headerSize = 16
  /// Block sizes are multiples of this.
  private static let step = 16
  private static let listCount = 64
  private static let unlisted = -1

  /// The first free block of each size. Invariant: `listCount` pointers, allocated with the pool.
  private let lists: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  /// How many bytes are kept, and how many may be.
  private(set) var kept = 0
  private let limit: Int

  /// - Parameter limit: how many bytes to keep at most.
  init(limit: Int) {
    self.limit = limit
    unsafe lists = .allocate(capacity: Self.listCount)
    unsafe lists.initialize(repeating: nil, count: Self.listCount)
  }

  deinit {
    empty()
    unsafe lists.deallocate()
  }

  /// Gives back all that is kept.
  func empty() {
    for list in 0..<Self.listCount {
      while let block = unsafe takeKept(list) { unsafe free(block) }
    }
  }

  /// The pool as nghttp2 takes it. The pool must outlive the session that is given it.
  var allocator: nghttp2_mem {
    unsafe nghttp2_mem(
      mem_user_data: Unmanaged.passUnretained(self).toOpaque(),
      malloc: { size, pool in
        unsafe MemoryPool.borrow(pool)?._withUnsafeGuaranteedRef { unsafe $0.allocate(size) } ?? nil
      },
      free: { block, pool in
        unsafe MemoryPool.borrow(pool)?._withUnsafeGuaranteedRef { unsafe $0.release(block) }
      },
      calloc: { count, size, pool in
        unsafe MemoryPool.borrow(pool)?._withUnsafeGuaranteedRef {
          unsafe $0.allocateZeroed(count, size)
        } ?? nil
      },
      realloc: { block, size, pool in
        unsafe MemoryPool.borrow(pool)?._withUnsafeGuaranteedRef {
          unsafe $0.reallocate(block, size)
        } ?? nil
      })
  }

  /// nghttp2 gives back the pointer that it was given, and calls only while the session lives.
  private static func borrow(_ pool: UnsafeMutableRawPointer?) -> Unmanaged<MemoryPool>? {
    unsafe pool.map { unsafe Unmanaged<MemoryPool>.fromOpaque($0) }
  }

  private func takeKept(_ list: Int) -> UnsafeMutableRawPointer? {
    guard let block = unsafe lists[list] else { return nil }
    unsafe lists[list] = unsafe block.assumingMemoryBound(to: Header.self).pointee.next
    kept &-= (list &+ 1) &* Self.step
    return unsafe block
  }

  /// What is larger than `Int.max` comes over from C as a negative size: nobody has that much.
  private func allocate(_ size: Int) -> UnsafeMutableRawPointer? {
    guard size >= 0 else { return nil }
    let list = max(size &- 1, 0) / Self.step
    guard list < Self.listCount else { return unsafe fresh(size, Self.unlisted) }
    if let block = unsafe takeKept(list) { return unsafe block + Self.headerSize }
    return unsafe fresh((list &+ 1) &* Self.step, list)
  }

  private func fresh(_ size: Int, _ list: Int) -> UnsafeMutableRawPointer? {
    let (total, overflow) = size.addingReportingOverflow(Self.headerSize)
    guard !overflow, let block = unsafe malloc(total) else { return nil }
    unsafe block.initializeMemory(as: Header.self, to: Header(list: list, next: nil))
    return unsafe block + Self.headerSize
  }

  private func release(_ memory: UnsafeMutableRawPointer?) {
    guard let memory = unsafe memory else { return }
    let block = unsafe memory - Self.headerSize
    let header = unsafe block.assumingMemoryBound(to: Header.self)
    let list = unsafe header.pointee.list
    let size = (list &+ 1) &* Self.step
    guard list != Self.unlisted, kept &+ size <= limit else { return unsafe free(block) }
    unsafe header.pointee.next = unsafe lists[list]
    unsafe lists[list] = unsafe block
    kept &+= size
  }

  private func allocateZeroed(_ count: Int, _ size: Int) -> UnsafeMutableRawPointer? {
    guard count >= 0, size >= 0 else { return nil }
    let (total, overflow) = count.multipliedReportingOverflow(by: size)
    guard !overflow, let memory = unsafe allocate(total) else { return nil }
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: total)
    return unsafe memory
  }

  private func reallocate(
    _ memory: UnsafeMutableRawPointer?, _ size: Int
  ) -> UnsafeMutableRawPointer? {
    guard let memory = unsafe memory else { return unsafe allocate(size) }
    guard size >= 0 else { return nil }
    let block = unsafe memory - Self.headerSize
    let list = unsafe block.assumingMemoryBound(to: Header.self).pointee.list
    guard list != Self.unlisted else { return unsafe reallocateUnlisted(block, size) }
    let oldSize = (list &+ 1) &* Self.step
    if size <= oldSize { return unsafe memory }
    guard let larger = unsafe allocate(size) else { return nil }
    unsafe larger.copyMemory(from: memory, byteCount: oldSize)
    unsafe release(memory)
    return unsafe larger
  }

  private func reallocateUnlisted(
    _ block: UnsafeMutableRawPointer, _ size: Int
  ) -> UnsafeMutableRawPointer? {
    let (total, overflow) = size.addingReportingOverflow(Self.headerSize)
    guard !overflow, let larger = unsafe realloc(block, total) else { return nil }
    return unsafe larger + Self.headerSize
  }
}
