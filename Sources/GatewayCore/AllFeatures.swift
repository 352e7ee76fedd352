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
    let commands: Commands
    /// All features, in the order in which they register their routes and receive `Moments`.
    let all: [any Feature]

    init(_ kernel: Kernel) {
        let repeats = Repeats(kernel)
        let blockLists = BlockLists(kernel)
        home = HomeStream(kernel, repeats)
        jobs = JobRunner(kernel, home)
        accounts = Accounts(kernel, home, blockLists)
        let privileges = Privileges(kernel, home)
        dispatch = Dispatch(kernel, home, accounts, repeats, privileges, blockLists)
        let clients = Clients(kernel, home, jobs)
        ledger = Ledger(kernel, home, accounts, clients)
        references = References(kernel)
        rooms = Rooms(kernel, home, jobs, accounts, dispatch, references)
        let direct = DirectMessages(kernel, home, accounts, references, ledger, rooms, privileges, repeats, blockLists)
        contacts = Contacts(kernel, home, jobs, accounts, ledger, direct, clients, blockLists)
        let questions = PeerQuestions(kernel, home, accounts)
        commands = Commands(kernel, home)
        let rosters = Rosters(kernel, home, privileges, contacts, ledger)
        let registrations = Registrations(kernel, home, accounts, contacts, commands)
        let preferences = RoomPreferences(kernel, accounts, commands)
        let networkChat = NetworkChat(kernel, home, accounts, commands)
        let cards = VCards(kernel, ledger, rooms, questions)
        let roomLists = RoomLists(kernel, home, accounts)
        all = [
            repeats, blockLists, home, jobs, accounts, privileges, clients, ledger, references, rooms, direct, contacts,
            commands,
            rosters,
            Nicknames(kernel, home, jobs, ledger, contacts),
            registrations,
            RoomAdministration(rooms),
            preferences,
            RoomConfiguration(rooms, preferences),
            Reactions(kernel, home, accounts, references, rooms, direct),
            Invitations(kernel, home, accounts, rooms, direct),
            ConnectionCommands(kernel, accounts, rooms, commands),
            NetworkAccounts(kernel, accounts, commands),
            networkChat,
            TypedCommands(kernel, home, accounts, networkChat, rooms),
            roomLists,
            RoomSearches(kernel, home, roomLists),
            PeopleSearch(kernel, home, accounts, ledger, rooms, contacts),
            Discovery(kernel, rooms, commands, roomLists),
            questions,
            OwnAvailability(kernel, accounts, rooms),
            NetworkLogins(kernel, home, accounts, rooms),
            Pings(accounts, rooms, questions),
            SoftwareVersion(kernel, direct, questions),
            EntityTimes(kernel, direct, questions),
            LastActivities(kernel, ledger),
            Bookmarks(kernel, privileges),
            Blocking(kernel, home, blockLists, commands),
            MessageStatus(kernel, commands),
            TextEstimates(kernel, commands),
            RoomOverview(kernel, rooms, commands),
            ContactOverview(kernel, accounts, contacts, rosters, commands),
            DataExport(kernel, commands),
            DataDeletion(kernel, commands, registrations),
            AccountMove(kernel, accounts, contacts, ledger, commands),
            OperatorRecords(kernel, commands),
            RestrictionCommands(kernel, accounts, commands),
            UserSearch(kernel, accounts, commands),
            Announcements(kernel, home, jobs, accounts, commands),
            QueueCommands(kernel, ledger, commands),
            Maintenance(kernel, commands),
            OptOutCommands(kernel, commands),
            ProgramCommands(kernel, commands),
            Assignments(kernel, registrations, commands),
            cards, PublishedItems(cards),
            ContactPrompt(kernel),
        ]
    }
}
