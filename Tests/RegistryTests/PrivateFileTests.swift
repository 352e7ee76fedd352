import Foundation
import Testing

@testable import Registry

@Suite("A private file")
final class PrivateFileTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "private-\(UUID().uuidString)").path
    private var path: String { folder + "/key" }

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    @Test("that cannot be written is removed, and the reason is told")
    func unwritable() throws {
        try Data().write(to: URL(fileURLWithPath: path))
        let file = try #require(try PrivateFile(reading: path))
        let error = #expect(throws: RegistryError.self) { try file.write(Data([1])) }
        guard case .unavailable(let words)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(words.hasPrefix("\(path) cannot be written: "))
        #expect(FileStatus(of: path) == nil)
    }

    @Test("that is not there is none, but one that cannot be opened is told: a new key in its place would open nothing")
    func unreadable() throws {
        #expect(try KeyFile.read(path) == nil)
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path)
        let words = "\(path) cannot be read: Too many levels of symbolic links"
        #expect(throws: RegistryError.unavailable(words)) { try KeyFile.read(path) }
    }

    @Test("that was created is open nowhere afterwards, and neither is its folder")
    func closed() throws {
        #expect(try KeyFile.create(path) == KeyFile.read(path))
        let files = FileManager.default
        let open = try files.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
            try? files.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
        }
        #expect(!open.isEmpty)
        #expect(open.filter { $0.hasPrefix(folder) } == [])
    }
}
