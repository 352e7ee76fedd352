import Foundation
import Testing

/// Runs every target on its seeds, which include every input that has ever broken a rule. A broken rule ends the
/// process with a description. The seed that broke it is the last one whose test has begun.
@Suite("Seeds of the fuzzer", .serialized)
struct SeedTests {
    @Test("every target has seeds", arguments: FuzzTarget.all)
    func seeds(target: FuzzTarget) { #expect(Seed.all(of: target).count >= 20) }

    @Test("a seed breaks none of the rules", arguments: FuzzTarget.all.flatMap { Seed.all(of: $0) })
    func holds(seed: Seed) throws {
        seed.target.run([UInt8](try Data(contentsOf: seed.file)))
    }
}

/// One input of a target's corpus.
struct Seed: Sendable, CustomTestStringConvertible {
    let target: FuzzTarget
    let file: URL

    var testDescription: String { "\(target.name)/\(file.lastPathComponent)" }

    private static let corpora = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpora")

    static func all(of target: FuzzTarget) -> [Seed] {
        let folder = corpora.appending(path: target.name)
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.sorted { $0.path < $1.path }.map { Seed(target: target, file: $0) }
    }
}

extension FuzzTarget: CustomTestStringConvertible {
    var testDescription: String { name }
}
