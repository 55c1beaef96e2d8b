SELECT word FROM word ORDER BY code
