import Testing

@testable import HTTPClient

@Suite struct SystemAuthoritiesTests {
  @Test func theFirstFileThatCanBeReadIsTaken() {
    #expect(SystemAuthorities.first(of: ["/nonexistent", "/dev/null", "/dev/zero"]) == "/dev/null")
    #expect(SystemAuthorities.first(of: ["/nonexistent"]) == nil)
  }
}
