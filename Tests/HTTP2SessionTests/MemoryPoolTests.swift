import CNGHTTP2
import Testing

@testable import HTTP2Session

@Suite struct MemoryPoolTests {
  @Test func memoryThatWasGivenBackIsGivenOutAgain() {
    let pool = MemoryPool(limit: 65_536)
    for size in [0, 1, 16, 17, 100, 1_023, 1_024] {
      let first = pool.malloc(size)
      pool.free(first)
      #expect(pool.kept > 0)
      let second = pool.malloc(size)
      #expect(first?.address == second?.address)
      #expect(pool.kept == 0)
      pool.free(second)
      pool.empty()
    }
  }

  @Test func blocksAreAlignedAndDoNotOverlap() throws {
    let pool = MemoryPool(limit: 65_536)
    let sizes = (0..<200).map { $0 * 7 }
    let blocks = try sizes.map { size in
      let block = try #require(pool.malloc(size))
      #expect(block.address % 16 == 0)
      block.bytes = Array(repeating: UInt8(size % 251), count: size)
      return block
    }
    for block in blocks {
      #expect(block.bytes == Array(repeating: UInt8(block.size % 251), count: block.size))
      pool.free(block)
    }
  }

  @Test func growingAndShrinkingKeepTheContent() throws {
    let pool = MemoryPool(limit: 65_536)
    var block = try #require(pool.realloc(nil, 1))
    var content: [UInt8] = [0]
    block.bytes = content
    for next in [16, 17, 40, 1_000, 1_024, 1_025, 5_000, 100_000, 5_000, 300, 10, 2_000] {
      block = try #require(pool.realloc(block, next))
      let common = min(content.count, next)
      #expect(block.bytes.prefix(common) == content.prefix(common))
      content = (0..<next).map { UInt8($0 % 251) }
      block.bytes = content
    }
    pool.free(block)
  }

  @Test func aBlockThatGrewGivesItsOldMemoryBack() throws {
    let pool = MemoryPool(limit: 65_536)
    let small = try #require(pool.malloc(16))
    let large = try #require(pool.realloc(small, 2_000))
    #expect(pool.kept == 16)
    let again = pool.malloc(16)
    #expect(again?.address == small.address)
    pool.free(again)
    pool.free(large)
    #expect(pool.kept == 16)
  }

  @Test func callocZeroesMemoryThatWasUsedBefore() throws {
    let pool = MemoryPool(limit: 65_536)
    let used = try #require(pool.malloc(96))
    used.bytes = Array(repeating: 0xff, count: 96)
    pool.free(used)
    let zeroed = try #require(pool.calloc(12, 8))
    #expect(zeroed.address == used.address)
    #expect(zeroed.bytes == Array(repeating: 0, count: 96))
    pool.free(zeroed)
  }

  /// A size beyond `Int.max` comes over from C as a negative number.
  @Test(arguments: [-1, .min, .max, .max - 15])
  func whatNoMachineHasIsNotPromised(size: Int) throws {
    let pool = MemoryPool(limit: 65_536)
    #expect(pool.malloc(size) == nil)
    #expect(pool.calloc(1, size) == nil)
    #expect(pool.calloc(size, 1) == nil)
    let listed = try #require(pool.malloc(10))
    #expect(pool.realloc(listed, size) == nil)
    pool.free(listed)
    let unlisted = try #require(pool.malloc(10_000))
    #expect(pool.realloc(unlisted, size) == nil)
    pool.free(unlisted)
  }

  @Test func aProductThatOverflowsIsNotPromised() {
    let pool = MemoryPool(limit: 65_536)
    #expect(pool.calloc(.max, 2) == nil)
    #expect(pool.calloc(1 << 32, 1 << 32) == nil)
    #expect(pool.calloc(-1, -1) == nil)
  }

  @Test func noMoreThanTheLimitIsKept() {
    let pool = MemoryPool(limit: 100)
    let blocks = (0..<10).map { _ in pool.malloc(32) }
    for block in blocks { pool.free(block) }
    #expect(pool.kept == 96)
  }

  @Test func largeBlocksAreNotKept() {
    let pool = MemoryPool(limit: 65_536)
    pool.free(pool.malloc(1_025))
    #expect(pool.kept == 0)
    pool.free(pool.malloc(1_024))
    #expect(pool.kept == 1_024)
  }

  @Test func emptyingGivesAllBack() {
    let pool = MemoryPool(limit: 65_536)
    let blocks = (1...20).map { pool.malloc($0 * 40) }
    for block in blocks { pool.free(block) }
    #expect(pool.kept > 0)
    pool.empty()
    #expect(pool.kept == 0)
    pool.free(pool.malloc(40))
    #expect(pool.kept == 48)
  }

  @Test func nothingIsFreedWhenThereIsNothingToFree() {
    let pool = MemoryPool(limit: 65_536)
    pool.free(nil)
    #expect(pool.kept == 0)
  }
}

/// A block of a pool, of which a test sees the bytes that it asked for.
///
/// `@safe`: tests use it between the block's `malloc` and its `free` alone, or its address only.
@safe private struct Block {
  let pointer: UnsafeMutableRawPointer
  let size: Int

  init?(_ pointer: UnsafeMutableRawPointer?, size: Int) {
    guard let pointer = unsafe pointer else { return nil }
    unsafe self.pointer = unsafe pointer
    self.size = size
  }

  var address: UInt { unsafe UInt(bitPattern: pointer) }

  var bytes: [UInt8] {
    get { unsafe Array(UnsafeRawBufferPointer(start: pointer, count: size)) }
    nonmutating set {
      unsafe UnsafeMutableRawBufferPointer(start: pointer, count: size).copyBytes(from: newValue)
    }
  }
}

/// The pool by the functions that nghttp2 is given.
extension MemoryPool {
  fileprivate func malloc(_ size: Int) -> Block? {
    let memory = unsafe allocator
    return unsafe Block(memory.malloc(size, memory.mem_user_data), size: size)
  }

  fileprivate func calloc(_ count: Int, _ size: Int) -> Block? {
    let memory = unsafe allocator
    let (total, _) = count.multipliedReportingOverflow(by: size)
    return unsafe Block(memory.calloc(count, size, memory.mem_user_data), size: total)
  }

  fileprivate func realloc(_ block: Block?, _ size: Int) -> Block? {
    let memory = unsafe allocator
    return unsafe Block(
      memory.realloc(block?.pointer, size, memory.mem_user_data), size: size)
  }

  fileprivate func free(_ block: Block?) {
    let memory = unsafe allocator
    unsafe memory.free(block?.pointer, memory.mem_user_data)
  }
}
