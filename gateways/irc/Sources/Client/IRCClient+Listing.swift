import GatewayKit
import NIOCore

/// The channels of the network (LIST).
extension IRCClient {
    static let listingHandlers = [
        HandlerRow(321, least: 0) { _, _ in },
        HandlerRow(322, least: 3) { $0.receivedListEntry($1) },
        HandlerRow(323, least: 0) { $0.receivedEndOfList($1, isCut: false) },
        // ERR_TOOMANYMATCHES can also refuse a line of the user, such as WHO.
        HandlerRow(416, least: 0) { client, line in
            guard client.listing?.list.isComplete ?? true else { return client.receivedEndOfList(line, isCut: true) }
            client.receivedError(416, line)
        },
    ]

    /// Answers a question for channels from the list that we have, or asks the server for its list (LIST).
    mutating func listRooms(_ search: RoomSearch, _ page: PageRequest, _ id: RequestID, now: NIODeadline) {
        if listing?.serves(page, now: now) != true {
            listing = nil
            // The line has no request of the core, because `receivedEndOfList` and `listFailed` answer the questions.
            if let failure = outbox.submit(nil, .list, target: fold("*"), lines: [(OutboundLine(.list), "")]) {
                return fail(id, failure)
            }
            listing = Listing(surroundings.commons.listBudget, now: now)
        }
        guard let listing, listing.waiting.count < Listing.mostWaiting else {
            let words = "Too many of your requests wait for the list of channels. Try again in a moment."
            return fail(id, Failure(.rateLimited, words))
        }
        listing.use(now: now)
        listing.waiting.append(Listing.Waiting(id: id, search: search, page: page))
        answerListing(now: now)
    }

    /// Answers the waiting questions whose pages the list has by now. The others go on waiting.
    private mutating func answerListing(now: NIODeadline) {
        guard let listing else { return }
        let waiting = listing.waiting
        listing.waiting = []
        for question in waiting {
            switch listing.page(question, now: now) {
            case .notYet: listing.waiting.append(question)
            case .page(let entries, let index, let total):
                let rooms = entries.map { $0.listing(on: surroundings.network) }
                emit(.answer(question.id, .rooms(Page(rooms, index: index, total: total))))
            case .noSuchItem:
                let words =
                    "The list of channels has changed, and that channel is not on it. Begin with the first page."
                fail(question.id, Failure(.notFound, words))
            }
        }
    }

    private mutating func receivedListEntry(_ line: Inbound) {
        guard let listing, !listing.list.isComplete else { return }
        let name = line.parameters[1]
        guard let first = name.utf8.first, surroundings.channelTypes.utf8.contains(first), MiddleParameter(name) != nil
        else { return }
        let (topic, isOpen) = line.parameters.count > 3 ? Self.topic(listed: line.parameters[3]) : ("", nil)
        let users = Int32(line.parameters[2]).map { max($0, 0) } ?? 0
        listing.add(ChannelList.Entry(name: name, topic: topic, users: users, isOpen: isOpen), now: line.now)
        // A page at a fixed position is answered as soon as it is full. Every other page waits for the end.
        let count = listing.list.entries.count
        if listing.waiting.contains(where: { $0.isFull(at: count) }) { answerListing(now: line.now) }
    }

    /// The topic of a channel in the list, and whether everybody may enter it. InspIRCd and UnrealIRCd put the modes of
    /// the channel before the topic; elsewhere the list does not tell.
    private static func topic(listed text: String) -> (String, isOpen: Bool?) {
        var text = Substring(text)
        var isOpen: Bool?
        if text.hasPrefix("[+"), let end = text.firstRange(of: "]") {
            let modes = text[..<end.lowerBound].prefix { $0 != " " }
            isOpen = !modes.utf8.contains { closing.contains($0) }
            text = text[end.upperBound...].drop { $0 == " " }
        }
        return (PlainText.withoutFormatting(String(text)).clipped(toBytes: ChannelList.topicLimit), isOpen)
    }

    /// The modes of channels that not everybody may enter: by invitation, with a key, for accounts, for operators.
    private static let closing = Set("ikRO".utf8)

    private mutating func receivedEndOfList(_ line: Inbound, isCut: Bool) {
        guard let listing, !listing.list.isComplete else { return }
        guard !isCut || !listing.list.entries.isEmpty else {
            if asksForFewer(listing, now: line.now) { return }
            let words = "\(surroundings.title) has too many channels to list. Enter a channel by its name."
            return listFailed(Failure(.rateLimited, words))
        }
        listing.complete(isCut: isCut, now: line.now)
        answerListing(now: line.now)
    }

    /// Sends LIST again, for channels with more people, after the server has refused a complete list as too long.
    /// Returns false if the server does not support that (`ELIST` with U), or if the last threshold was too low, too.
    private mutating func asksForFewer(_ listing: Listing, now: NIODeadline) -> Bool {
        guard support.listsByUsers, let threshold = listing.nextThreshold(now: now),
            let condition = MiddleParameter(">\(threshold)")
        else { return false }
        let line = (line: OutboundLine(.list, condition), text: "")
        return outbox.submit(nil, .list, target: fold("*"), lines: CollectionOfOne(line)) == nil
    }

    /// Fails all waiting questions, and drops the list if it is not complete. Call it when the server has refused LIST,
    /// or when the connection has ended.
    mutating func listFailed(_ failure: Failure) {
        guard let listing else { return }
        if !listing.list.isComplete { self.listing = nil }
        fail(listing.waiting.map(\.id), failure)
        listing.waiting = []
    }

    /// Continues a search in the list, if it is time.
    mutating func searchListing(now: NIODeadline) {
        guard let listing, let due = listing.nextSlice, now >= due else { return }
        listing.continueSearch(now: now)
        answerListing(now: now)
    }

    /// Drops the list if `Listing.end` has come: it is unused, or the server does not continue it.
    mutating func expireListing(now: NIODeadline) {
        guard let listing, now >= listing.end else { return }
        let words = "\(surroundings.title) did not finish its list of channels. Try again later."
        listFailed(Failure(.unknownOutcome, words))
        self.listing = nil
    }
}

extension Listing.Waiting {
    /// Whether the channel with this number, counted from 1, fills the page. False for a page without a fixed position.
    fileprivate func isFull(at count: Int) -> Bool {
        guard page.limit > 0, search.order == .network else { return false }
        switch page.start {
        case .first: return count == page.limit
        case .index(let index): return count == index + page.limit
        case .last, .after, .before: return false
        }
    }
}
