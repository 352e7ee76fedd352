import Foundation

/// The files of this repository, read once.
enum Repository {
    /// This file is two folders below the root.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// All files that people write, without the files that the build makes.
    static let files: [SourceFile] = folders.flatMap(files(below:)) + topFiles

    static let swift = files.filter(\.isSwift)
    static let product = swift.filter(\.isProduct)

    static let manifest = files.first { $0.path == "Package.swift" }?.text ?? ""

    /// The names in a folder of the repository, sorted; empty if there is no such folder.
    static func names(in folder: String) -> [String] {
        let url = root.appending(path: folder)
        return ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted()
    }

    private static let folders = [
        "Sources", "Plugins", "gateways", "Tests", "Scripts", "Benchmarks", "config", ".ci",
        "Documentation",
    ]
    private static let kinds: Set = [
        "swift", "md", "yaml", "yml", "lua", "sh", "py", "json", "h", "cpp", "modulemap", "conf", "service", "txt", "",
    ]

    private static var topFiles: [SourceFile] { names(in: ".").compactMap(read) }

    private static func files(below folder: String) -> [SourceFile] {
        let start = root.appending(path: folder).path
        let names = FileManager.default.enumerator(atPath: start)?.compactMap { $0 as? String } ?? []
        return names.sorted().compactMap { read("\(folder)/\($0)") }
    }

    private static func read(_ path: String) -> SourceFile? {
        let url = root.appending(path: path)
        guard kinds.contains(url.pathExtension), !path.contains("__pycache__"), !path.contains(".build"),
            let data = try? Data(contentsOf: url), data.count < 1 << 20,
            let text = String(validating: data, as: UTF8.self)
        else { return nil }
        return SourceFile(path: path, text: text)
    }
}
