import GatewayKit
import NIOCore

/// The list of channels of one connection, with the questions that wait for it. At most one LIST is under way on a
/// connection. All questions share its answer, which is kept for a while so that a client can turn its pages.
final class Listing {
    /// A question that waits for channels.
    struct Waiting {
        let id: RequestID
        let search: RoomSearch
        let page: PageRequest
    }

    /// How long a complete list answers a question for its beginning. An older list is asked for again.
    static let freshness = TimeAmount.seconds(60)
    /// How long a list is kept after the last question.
    static let linger = TimeAmount.minutes(5)
    /// How long the server may be silent within its list. A list that nobody waits for is dropped after this time.
    static let timeout = TimeAmount.seconds(60)
    /// The maximum of questions that wait.
    static let mostWaiting = 50

    private let budget: ListBudget
    private(set) var list = ChannelList()
    /// The last search, done or under way. It is kept because a client that turns pages repeats the search.
    private var search: ListSearch?
    /// When the next slice of a search is due. Nil if no search is under way.
    private(set) var nextSlice: NIODeadline?
    /// All channels of the complete list, in the orders that searches have asked for.
    private var orders: [RoomSearch.Order: [Int]] = [:]
    var waiting: [Waiting] = []
    /// The least numbers of people to ask for, if the server finds its list too long.
    private var thresholds = [20, 200][...]
    /// When the last question came.
    private(set) var lastUse: NIODeadline
    /// When the last line of the list came. Before the first line, when the list was asked for.
    private(set) var lastLine: NIODeadline

    init(_ budget: ListBudget, now: NIODeadline) {
        self.budget = budget
        lastUse = now
        lastLine = now
    }

    deinit { budget.give(back: list.entries.count) }

    /// Adds a channel. Drops it if the list or the budget of the adapter is full.
    func add(_ entry: ChannelList.Entry, now: NIODeadline) {
        lastLine = now
        guard budget.take() else { return list.cut() }
        if !list.add(entry) { budget.give(back: 1) }
    }

    /// The next threshold, after a LIST that was too long: the next LIST asks only for channels with more people. Marks
    /// the list as cut. Nil after the last threshold.
    func nextThreshold(now: NIODeadline) -> Int? {
        guard let threshold = thresholds.popFirst() else { return nil }
        lastLine = now
        list.cut()
        return threshold
    }

    /// Notes that the server has ended the list.
    ///
    /// - Parameter isCut: whether the server has left out channels.
    func complete(isCut: Bool, now: NIODeadline) {
        lastLine = now
        list.complete(isCut: isCut)
    }

    /// The page of a question. Begins its search if no other one is under way.
    func page(_ question: Waiting, now: NIODeadline) -> ChannelList.Answer {
        guard list.isComplete, !question.search.isForAll else { return list.page(question.search, question.page) }
        if search?.search != question.search {
            guard search?.isDone ?? true else { return .notYet }
            search = ListSearch(question.search, in: list, sorted: orders[question.search.order])
            continueSearch(now: now)
        }
        guard let search, search.isDone else { return .notYet }
        return list.page(question.search, question.page, found: search.found)
    }

    /// Does slices of the search under way: one of a long list, all of a short one.
    func continueSearch(now: NIODeadline) {
        nextSlice = nil
        repeat { search?.advance(in: list) } while search?.isDone == false && list.entries.count <= ListSearch.slice
        guard let search else { return }
        if orders[search.search.order] == nil, let sorted = search.sorted { orders[search.search.order] = sorted }
        if !search.isDone { nextSlice = budget.reserveSlice(now: now) }
    }

    /// Notes that somebody uses the list.
    func use(now: NIODeadline) { lastUse = now }

    /// Whether the list can answer a question for this page.
    func serves(_ page: PageRequest, now: NIODeadline) -> Bool {
        guard list.isComplete, page.start == .first else { return true }
        return now < lastLine + Listing.freshness
    }

    /// When the list is dropped, unless a line or a question comes before.
    var end: NIODeadline {
        if list.isComplete { return lastUse + Listing.linger }
        return waiting.isEmpty ? lastUse + Listing.timeout : lastLine + Listing.timeout
    }
}
