/// The types of files that are recognised by their first bytes. Neither the provider's word nor the file's name counts:
/// both come from the sender.
enum MediaType: String, CaseIterable, Sendable {
    case jpeg, png, gif, webp, heic, mp4, quickTime, threeGP, webm, mp3, amr, ogg, wav, m4a, pdf, contact, text, other

    /// The MIME type.
    var name: String {
        switch self {
        case .jpeg: "image/jpeg"
        case .png: "image/png"
        case .gif: "image/gif"
        case .webp: "image/webp"
        case .heic: "image/heic"
        case .mp4: "video/mp4"
        case .quickTime: "video/quicktime"
        case .threeGP: "video/3gpp"
        case .webm: "video/webm"
        case .mp3: "audio/mpeg"
        case .amr: "audio/amr"
        case .ogg: "audio/ogg"
        case .wav: "audio/wav"
        case .m4a: "audio/mp4"
        case .pdf: "application/pdf"
        case .contact: "text/vcard"
        case .text: "text/plain; charset=utf-8"
        case .other: "application/octet-stream"
        }
    }

    /// The ending of a file's name.
    var ending: String {
        switch self {
        case .jpeg: "jpg"
        case .quickTime: "mov"
        case .threeGP: "3gp"
        case .contact: "vcf"
        case .text: "txt"
        case .other: "bin"
        default: rawValue
        }
    }

    /// Whether browsers may show the file in place: only pictures, sounds and videos, none of which can contain a script.
    var isShown: Bool { ["image/", "video/", "audio/"].contains { name.hasPrefix($0) } }

    /// What a person calls such a file.
    var noun: String {
        if name.hasPrefix("image/") { return "picture" }
        if name.hasPrefix("video/") { return "video" }
        if name.hasPrefix("audio/") { return "sound" }
        return self == .contact ? "contact" : "file"
    }

    init?(ending: some StringProtocol) {
        guard let type = Self.allCases.first(where: { $0.ending == ending }) else { return nil }
        self = type
    }

    /// The type of a file by its first bytes.
    init(of bytes: [UInt8]) {
        self =
            Self.signatures.first { bytes.starts(with: $0.bytes) }?.type ?? Self.container(bytes) ?? Self.words(bytes)
            ?? .other
    }

    private static let signatures: [(bytes: [UInt8], type: MediaType)] = [
        ([0xFF, 0xD8, 0xFF], .jpeg), ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], .png),
        (Array("GIF87a".utf8), .gif), (Array("GIF89a".utf8), .gif), (Array("ID3".utf8), .mp3),
        ([0xFF, 0xFB], .mp3), ([0xFF, 0xF3], .mp3), ([0xFF, 0xF2], .mp3), (Array("#!AMR".utf8), .amr),
        (Array("OggS".utf8), .ogg), (Array("%PDF-".utf8), .pdf), ([0x1A, 0x45, 0xDF, 0xA3], .webm),
    ]

    /// Files of RIFF, and of the ISO base media format (ISO/IEC 14496-12 §4.3).
    private static func container(_ bytes: [UInt8]) -> MediaType? {
        guard bytes.count >= 12 else { return nil }
        let kind = String(decoding: bytes[8..<12], as: UTF8.self)
        if bytes.starts(with: "RIFF".utf8) { return kind == "WEBP" ? .webp : kind == "WAVE" ? .wav : .other }
        guard bytes[4..<8].elementsEqual("ftyp".utf8) else { return nil }
        switch kind.prefix(3) {
        case "3gp", "3g2": return .threeGP
        case "hei", "hev", "mif": return .heic
        case "qt ": return .quickTime
        case "M4A", "M4B": return .m4a
        default: return .mp4
        }
    }

    private static func words(_ bytes: [UInt8]) -> MediaType? {
        let start = bytes.prefix(1_024)
        if start.starts(with: "BEGIN:VCARD".utf8) { return .contact }
        let isPlain = start.allSatisfy { $0 >= 0x20 && $0 != 0x7F || [0x09, 0x0A, 0x0D].contains($0) }
        guard isPlain, !start.isEmpty, !isMarkup(bytes), String(validating: bytes, as: UTF8.self) != nil else {
            return nil
        }
        return .text
    }

    /// Whether the bytes look like a document in HTML or XML, such as the error page of a server.
    static func isMarkup(_ bytes: [UInt8]) -> Bool {
        bytes.prefix(64).first { ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) } == UInt8(ascii: "<")
    }
}
