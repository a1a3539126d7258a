"""Failures of n-gram models as lessons: one click shows each, one more cures it."""

from playground.museum import Exhibit

LESSONS = {
    lesson.name: lesson
    for lesson in (
        Exhibit(
            name="parrot",
            title="n too large: the parrot",
            values={"order": 6, "smoothing": "mle"},
            cure={"order": 3, "smoothing": "kneser_ney"},
            watch="It reads like a real speech. How much of it is underlined, and what do the bars look like?",
            why="Nearly every context of five words occurred once, so one word can follow: the model recites "
            "its source. A shorter context, and smoothing that falls back to shorter ones, make the text new again.",
        ),
        Exhibit(
            name="drowned",
            title="Add one: the counts drown",
            values={"order": 3, "smoothing": "add_k", "add_k": 1.0},
            cure={"order": 3, "smoothing": "kneser_ney"},
            watch="How much do 'the other words' share below the bars, and which order do most words come from?",
            why="One is added for each of 18,000 words, and a context was seen a few times: nearly all probability "
            "goes to words that never followed it. Kneser-Ney takes less than one from each count and asks the shorter "
            "context where to put it.",
        ),
        Exhibit(
            name="two voices",
            title="Wrong style: two voices at once",
            values={"text": "bible", "second": "speeches:1961-2026", "add_second": True, "order": 2},
            cure={"text": "speeches:1961-2026", "order": 3},
            watch="Begin with 'And God said'. At which words does the prophet turn into a president?",
            why="Both texts share small words, and after 'the' or 'of' a bigram has forgotten who was speaking. One "
            "style and a longer context keep the voice.",
        ),
    )
}
