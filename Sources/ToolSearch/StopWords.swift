/// Words that say little of what somebody looks for. They are passed over in queries, unless there is nothing else.
enum StopWords {
    private static let words: Set<String> = [
        "a", "about", "again", "all", "also", "am", "an", "and", "any", "anything", "are", "as", "at", "be", "because",
        "been", "before", "being", "but", "by", "can", "cannot", "cant", "could", "did", "do", "does", "doing", "dont",
        "each", "for", "from", "had", "has", "have", "having", "he", "her", "here", "him", "his", "how", "i",
        "if",
        "ill", "im", "in", "into", "is", "isnt", "it", "its", "ive", "just", "lets", "like", "may", "me", "might",
        "my", "need", "needs", "no", "not", "now", "of", "on", "or", "our", "ours", "out", "over", "please", "really",
        "she", "should", "so", "some", "something", "somewhere", "such", "than", "that", "thats", "the", "their",
        "them", "then", "there", "these", "they", "this", "those", "to", "too", "up", "us", "very", "want", "wants",
        "was", "we", "were", "what", "whats", "when", "where", "which", "while", "who", "whom", "whose", "why", "will",
        "with", "would", "you", "your", "yours", "anyone", "been", "ever", "everything", "got", "gets", "help", "helps",
        "know", "onto", "per", "someone", "thing", "things", "tool", "tools", "use", "used", "uses", "using", "via",
        "way", "within", "without",
    ]

    static func contains(_ word: String) -> Bool { words.contains(word) }
}
