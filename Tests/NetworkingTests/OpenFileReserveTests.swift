import Glibc
import Testing

@testable import Networking

@Suite("File descriptors that users cannot take")
struct OpenFileReserveTests {
    @Test("are an eighth of the limit, and everything below them is free for users")
    func share() {
        let held = (0..<64).map { _ in open("/dev/null", O_RDONLY | O_CLOEXEC) }
        defer { for descriptor in held { close(descriptor) } }
        #expect(held.allSatisfy { $0 >= 0 })
        #expect(!OpenFileReserve.isFree(under: 64))
        #expect(OpenFileReserve.isFree(under: 1 << 20))
        #expect(OpenFileReserve.isFree)
    }
}
