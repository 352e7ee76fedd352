import HTTP

/// Gives out the files of the media folder to the users' clients: `GET /NAME` below the gateway's prefix.
///
/// The name is the only secret. So no page may take the file in, no cache of others may keep it, and nothing in it may
/// run as a script of this site.
struct MediaServer: Sendable {
    let folder: MediaFolder

    /// Answers a request. Calls `answer` once, on any thread.
    func receive(_ request: WebhookRequest, _ answer: @escaping @Sendable (WebhookReply) -> Void) {
        let path = request.path
        guard path.hasPrefix("/"), path.utf8.count <= 64 else { return answer(Self.missing) }
        folder.find(path.dropFirst()) { found in
            guard let (entry, file) = found else { return answer(Self.missing) }
            answer(Self.reply(entry, file))
        }
    }

    private static let missing: WebhookReply = {
        var reply = WebhookReply(status: 404, text: "There is no such file, or it has been deleted by now.\n")
        reply.headers = safeHeaders
        return reply
    }()

    private static let safeHeaders = [
        "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin", "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex, nofollow", "Cache-Control": "private, max-age=86400",
    ]

    private static func reply(_ entry: MediaFolder.Entry, _ file: WebhookFile) -> WebhookReply {
        var reply = WebhookReply(status: 200, contentType: entry.type.name)
        reply.headers = safeHeaders
        reply.headers["Content-Disposition"] =
            (entry.type.isShown ? "inline" : "attachment") + "; filename=\"\(entry.type.noun).\(entry.type.ending)\""
        reply.file = file
        return reply
    }
}
