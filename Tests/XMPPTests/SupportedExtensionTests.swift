import Foundation
import Testing

@testable import XMPP

@Suite("The extensions that Martlet supports")
struct SupportedExtensionTests {
    private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// To write the files anew, run this test with `WRITE_EXTENSIONS=1`.
    @Test(
        "the page and the DOAP file are those of the table",
        arguments: [
            ("Documentation/Martlet.docc/Extensions.md", SupportedExtension.markdown),
            ("martlet.doap", SupportedExtension.doap),
        ])
    func files(path: String, content: String) throws {
        let file = Self.repository.appending(path: path)
        if ProcessInfo.processInfo.environment["WRITE_EXTENSIONS"] == "1" {
            try content.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == content)
    }

    @Test("each extension stands once, in order, and its suite of tests exists")
    func suites() throws {
        let numbers = SupportedExtension.all.map(\.number)
        #expect(numbers == Set(numbers).sorted())
        let tests = Self.repository.appending(path: "Tests")
        let files = try #require(FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil))
        var text = ""
        for case let file as URL in files where file.pathExtension == "swift" {
            text += (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        }
        for suite in Set(SupportedExtension.all.map(\.suite)) {
            #expect(text.contains("struct \(suite) "), "there is no suite \(suite)")
        }
    }
}
