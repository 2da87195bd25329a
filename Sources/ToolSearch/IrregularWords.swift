/// English words whose forms no rule makes, as data: the base first, then its forms.
enum IrregularWords {
    private static let lines: [String] = [
        "begin began begun", "break broke broken", "bring brought", "build built", "buy bought", "catch caught",
        "choose chose chosen", "do did done", "draw drew drawn", "drive drove driven", "eat ate eaten",
        "fall fell fallen", "find found", "fly flew flown", "forget forgot forgotten", "get got gotten",
        "give gave given", "go went gone", "grow grew grown", "hear heard", "hide hid hidden", "hold held",
        "keep kept", "know knew known", "leave left", "lend lent", "lose lost", "make made", "mean meant", "meet met",
        "pay paid", "ride rode ridden", "run ran", "say said", "see saw seen", "sell sold", "send sent",
        "show shown showed", "speak spoke spoken", "spend spent", "stand stood", "steal stole stolen",
        "take took taken", "teach taught", "tell told", "think thought", "throw threw thrown",
        "understand understood", "wear wore worn", "win won", "write wrote written",
        "analysis analyses", "child children", "criterion criteria", "foot feet", "index indices indexes",
        "man men", "matrix matrices", "mouse mice", "person people persons", "vertex vertices", "woman women",
    ]

    private static let bases: [String: String] = lines.reduce(into: [:]) { bases, line in
        let words = line.split(separator: " ").map(String.init)
        for form in words.dropFirst() { bases[form] = words[0] }
    }

    static func base(of word: String) -> String? { bases[word] }
}
