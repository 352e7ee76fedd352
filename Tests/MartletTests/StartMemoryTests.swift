import CMemory
import Foundation
import Testing

@testable import martlet

@Suite("the memory of the start")
struct StartMemoryTests {
    @Test(
        "read-only pages of the program leave the memory, and return when they are used",
        .enabled(if: FileManager.default.fileExists(atPath: "/proc/self/status")))
    func unmapping() throws {
        let before = try mappedFiles()
        cmemory_unmap_read_only_pages()
        #expect(try mappedFiles() < before / 2)
        #expect(Martlet.version.contains("."))
    }

    /// Memory that holds pages of files, in kB (proc_pid_status(5)).
    private func mappedFiles() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssFile:") })
        return try #require(Int(line.split(separator: " ")[1]))
    }
}
