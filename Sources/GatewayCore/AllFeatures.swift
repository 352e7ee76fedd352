/// The features of the core, from the lowest to the highest. A feature gets the kernel and features that are made
/// before it, never a feature that is made later.
struct AllFeatures {
    let home: HomeStream
    let jobs: JobRunner
    let accounts: Accounts
    let dispatch: Dispatch
    let ledger: Ledger
    let references: References
    let rooms: Rooms
    let contacts: Contacts
    /// All features, in the order in which they register their routes and receive `Moments`.
    let all: [any Feature]

    init(_ kernel: Kernel) {
        home = HomeStream(kernel)
        jobs = JobRunner(kernel, home)
        accounts = Accounts(kernel, home)
        dispatch = Dispatch(kernel, home, accounts)
        ledger = Ledger(kernel, home, accounts)
        references = References(kernel)
        rooms = Rooms(kernel, home, jobs, accounts, dispatch, references)
        let direct = DirectMessages(kernel, home, accounts, references, ledger, rooms)
        contacts = Contacts(kernel, home, jobs, accounts, ledger, direct)
        let questions = PeerQuestions(kernel, home, accounts)
        let commands = Commands(kernel, home)
        let preferences = RoomPreferences(kernel, accounts, commands)
        let networkChat = NetworkChat(kernel, home, accounts)
        let roomLists = RoomLists(kernel, home, accounts)
        all = [
            home, jobs, accounts, ledger, references, rooms, direct, contacts, commands,
            Registrations(kernel, home, accounts, contacts, commands),
            RoomAdministration(rooms),
            preferences,
            RoomConfiguration(rooms, preferences),
            Reactions(kernel, home, accounts, references, rooms, direct),
            Invitations(kernel, home, accounts, rooms, direct),
            ConnectionCommands(kernel, accounts, rooms, commands),
            networkChat,
            TypedCommands(kernel, home, accounts, networkChat, rooms),
            roomLists,
            RoomSearches(kernel, home, roomLists),
            Discovery(kernel, rooms, commands, roomLists),
            questions,
            OwnAvailability(kernel, accounts, rooms),
            Pings(accounts, rooms, questions),
            SoftwareVersion(kernel, direct, questions),
            EntityTimes(kernel),
            MessageStatus(kernel, commands),
            VCards(kernel, ledger, rooms, questions),
            ContactPrompt(kernel),
        ]
    }
}
