/// Lets only so many go on at once: each has servers, a process and their descriptors.
package actor Turns {
  package static let shared = Turns()
  private var free = 12
  private var waiting: [CheckedContinuation<Void, Never>] = []

  package nonisolated func take(_ body: () async throws -> Void) async throws {
    await begin()
    do {
      try await body()
    } catch {
      await end()
      throw error
    }
    await end()
  }

  private func begin() async {
    if free > 0 {
      free -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  private func end() {
    if waiting.isEmpty {
      free += 1
    } else {
      waiting.removeFirst().resume()
    }
  }
}
